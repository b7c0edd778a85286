from django.db import migrations

from core.shared.append_only import append_only
from customs.overlap import no_overlap

SUPERSEDE = "OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL"
DATED = ("id", "plugin", "key", "valid_from", "valid_to", "created_at")


class Migration(migrations.Migration):
    dependencies = [("customs", "0001_initial")]
    operations = [
        append_only(
            "customs_rulerow",
            frozen=(*DATED, "rule_id", "jurisdiction", "title", '"values"', "source", "confidence",
                    "unverified"),
            may_change=SUPERSEDE,
        ),
        append_only(
            "customs_tariffline",
            frozen=(*DATED, "jurisdiction", "code", "rates", "source", "confidence"),
            may_change=SUPERSEDE,
        ),
        append_only(
            "customs_ruleoverride",
            frozen=(*DATED, '"values"', "reason", "author"),
            may_change=SUPERSEDE,
        ),
        no_overlap("customs_rulerow"),
        no_overlap("customs_tariffline"),
        no_overlap("customs_ruleoverride"),
    ]
