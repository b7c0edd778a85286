"""Duty rules in force: dates, sources, what is not verified, and operators' overrides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.shared.clock import today
from core.web.operator.access import operator_page
from core.web.operator.listing import asked, chosen, page_of, query_without_page, tabs
from customs.models import RuleOverride, RuleRow, TariffLine

TABS = (
    ("now", _("In force today")),
    ("later", _("Coming")),
    ("past", _("Past")),
    ("unverified", _("Not verified")),
    ("overridden", _("Overridden")),
)

_SAME = Q(plugin=OuterRef("plugin"), key=OuterRef("key"))
_MEETS = Q(valid_from__lte=Coalesce(OuterRef("valid_to"), date.max)) & (
    Q(valid_to=None) | Q(valid_to__gte=OuterRef("valid_from"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule, the overrides of its days that did not end, and whether a source is missing."""

    row: RuleRow
    overrides: list[RuleOverride]
    unverified: bool


@operator_page()
def rules(request: HttpRequest) -> HttpResponse:
    """List rules by when they hold."""
    day = today()
    show = chosen(request, "show", [key for key, _label in TABS], "now")
    search = asked(request, "q")
    rows = RuleRow.objects.filter(superseded_at=None)
    counts = {key: rows.filter(_when(key, day)).count() for key, _label in TABS}
    wanted = rows.filter(_when(show, day)).order_by("jurisdiction", "rule_id", "valid_from")
    if search:
        wanted = wanted.filter(
            Q(rule_id__icontains=search)
            | Q(jurisdiction__iexact=search)
            | Q(source__icontains=search)
        )
    page = page_of(request, wanted, per_page=25)
    overrides = _overrides()
    context = {
        "page": page,
        "rows": [Shown(row, _during(row, overrides), _is_unverified(row)) for row in page],
        "tariff_lines": TariffLine.objects.filter(superseded_at=None).count(),
        "tabs": tabs(TABS, counts, show),
        "show": show,
        "search": search,
        "query": query_without_page(request),
    }
    return render(request, "operator/rules.html", context)


def _when(show: str, day: date) -> Q:
    in_force = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    if show == "later":
        return Q(valid_from__gt=day)
    if show == "past":
        return Q(valid_to__lt=day)
    if show == "overridden":
        return Q(Exists(_standing().filter(_SAME, _MEETS)))
    if show == "unverified":
        return in_force & (~Q(confidence="high") | ~Q(unverified=[]))
    return in_force


def _is_unverified(row: RuleRow) -> bool:
    return row.confidence != "high" or bool(row.unverified)


def _standing() -> QuerySet[RuleOverride]:
    return RuleOverride.objects.filter(superseded_at=None).order_by("valid_from")


def _overrides() -> dict[tuple[str, str], list[RuleOverride]]:
    """Return the overrides that did not end, by plug-in and rule key."""
    found: dict[tuple[str, str], list[RuleOverride]] = {}
    for row in _standing():
        found.setdefault((row.plugin, row.key), []).append(row)
    return found


def _during(
    row: RuleRow, overrides: dict[tuple[str, str], list[RuleOverride]]
) -> list[RuleOverride]:
    """Return the overrides that hold on some day of the rule."""
    return [
        one
        for one in overrides.get((row.plugin, row.key), [])
        if (row.valid_to is None or one.valid_from <= row.valid_to)
        and (one.valid_to is None or one.valid_to >= row.valid_from)
    ]
