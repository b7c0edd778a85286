from django.db import migrations

from core.shared.append_only import append_only
from customs.overlap import no_overlap

SUPERSEDE = "OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL"
DATED = ("id", "plugin", "key", "valid_from", "valid_to", "created_at")
STEPS = """(OLD.state = 'draft' AND NEW.state IN ('in_force', 'superseded'))
    OR (OLD.state = 'in_force' AND NEW.state = 'superseded' AND NEW.superseded_at IS NOT NULL)"""


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
            frozen=(*DATED, "jurisdiction", "code", "kind", "value", "expression", "notes",
                    "source", "confidence", "edition", "measure", "imported_id"),
            may_change=SUPERSEDE,
        ),
        append_only(
            "customs_ruleoverride",
            frozen=(*DATED, '"values"', "reason", "author"),
            may_change=SUPERSEDE,
        ),
        append_only(
            "customs_tariffoverride",
            frozen=(*DATED, "jurisdiction", "code", "kind", "value", "expression", "reason",
                    "author"),
            may_change=SUPERSEDE,
        ),
        append_only(
            "customs_tariffedition",
            frozen=("id", "jurisdiction", "edition", "format", "partial", "publisher", "product",
                    "nomenclature", "licence", "cadence_days", "checked", "parser_version",
                    "fetched_at", "sha256", "row_count", "valid_from", "created_at"),
            may_change=STEPS,
        ),
        no_overlap("customs_rulerow"),
        no_overlap("customs_tariffline"),
        no_overlap("customs_ruleoverride"),
        no_overlap("customs_tariffoverride"),
    ]
