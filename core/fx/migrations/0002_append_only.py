from django.db import migrations

from core.shared.append_only import append_only

FROZEN = (
    "id", "source", "base", "quote", "value", "quantity", "as_of", "valid_from", "valid_to",
    "purpose", "revision", "published", "fetched_at", "max_age_days", "held_for",
)
CLOSED = ("id", "calendar", "day", "name", "open", "origin", "author", "created_at")


class Migration(migrations.Migration):
    dependencies = [("fx", "0001_initial")]
    operations = [
        append_only("fx_raterow", frozen=FROZEN, may_change="OLD.held AND NOT NEW.held"),
        append_only(
            "fx_closedday",
            frozen=CLOSED,
            may_change="OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL",
        ),
    ]
