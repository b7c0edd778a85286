from django.db import migrations

from core.shared.append_only import append_only

FROZEN = (
    "id", "source", "base", "quote", "value", "as_of", "purpose", "revision", "published",
    "fetched_at", "max_age_days", "held_for",
)


class Migration(migrations.Migration):
    dependencies = [("fx", "0001_initial")]
    operations = [
        append_only("fx_raterow", frozen=FROZEN, may_change="OLD.held AND NOT NEW.held"),
    ]
