"""Exchange rates: the latest of every source with its age, held ones, and typing one.

A typed rate that is far from what is known is stored when a box is ticked that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.fx.book import newest_rows
from core.fx.errors import RateRefused, RateUnconfirmed
from core.fx.models import RateRow, SourceState
from core.fx.queries import failing_sources, held
from core.fx.services import OPERATOR, release, set_rate
from core.kernel import providers
from core.pluginapi import Pair, Purpose
from core.shared.clock import today
from core.shared.money import MoneyError
from core.web.operator.access import actor, operator_page
from core.web.operator.forms import ManualRateForm, ReasonForm


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest row of one pair of one source, with how old it is in days."""

    row: RateRow
    age_days: int
    stale: bool


@dataclass(frozen=True, slots=True)
class SourceRates:
    """One source with its newest rates, and how many of them are too old to be used.

    ``state`` says whether it answers; None for what people typed.
    """

    source: str
    title: str
    rates: list[Latest]
    stale: int
    newest: date
    state: SourceState | None = None


class TypedRateForm(ManualRateForm):
    """A typed rate; ``confirm`` is shown when the rate is far from what is known."""

    confirm = forms.BooleanField(
        label=gettext_lazy("The rate is right although it is far from the last one"),
        required=False,
    )


@operator_page("GET", "HEAD", "POST")
def rates(request: HttpRequest) -> HttpResponse:
    """Show the latest rates by source; store one that the operator types."""
    form = TypedRateForm(request.POST or None, initial={"as_of": today()})
    if request.method == "POST" and form.is_valid() and _store(request, form):
        return redirect("operator:rates")
    if "confirm" not in form.errors:
        del form.fields["confirm"]
    sources = latest_by_source()
    context = {
        "sources": sources,
        "failing": _failing([one.source for one in sources]),
        "held": held()[:100],
        "form": form,
        "release_form": ReasonForm(auto_id="release_%s"),
    }
    return render(request, "operator/rates.html", context, status=400 if form.errors else 200)


@operator_page("POST")
def release_rate(request: HttpRequest, rate: UUID) -> HttpResponse:
    """Let a held rate be used."""
    row = get_object_or_404(RateRow, pk=rate)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a reason, so that others can follow."))
    elif release(row.pk, actor=actor(request), reason=form.cleaned_data["reason"]):
        messages.success(request, _("The rate is in use now."))
    else:
        messages.info(request, _("This rate was not held."))
    return redirect("operator:rates")


def latest_by_source() -> list[SourceRates]:
    """Return every source's newest rates, sources in order of name."""
    sources: dict[str, list[Latest]] = {}
    for row in newest_rows(today()).order_by("source", "base", "quote", "purpose"):
        sources.setdefault(row.source, []).append(_latest(row))
    named, states = titles(), SourceState.objects.in_bulk(list(sources))
    return [
        SourceRates(
            name,
            named.get(name, name),
            found,
            sum(one.stale for one in found),
            max(o.row.as_of for o in found),
            states.get(name),
        )
        for name, found in sources.items()
    ]


def _failing(shown: list[str]) -> list[tuple[str, SourceState]]:
    """Return the sources that fail and have no rate yet, so that they are not only missing."""
    failing = failing_sources().exclude(source__in=shown)
    named = titles()
    return [(named.get(one.source, one.source), one) for one in failing]


def titles() -> dict[str, str]:
    """Return the names of the sources that are on, in the current language."""
    language = get_language() or "en"
    known = {p.key: p.object.title.in_language(language) for p in providers.fx_sources(None)}
    return known | {OPERATOR: _("Typed by operators")}


def _latest(row: RateRow) -> Latest:
    return Latest(row, (today() - row.as_of).days, not row.rate.holds(today()))


def _store(request: HttpRequest, form: TypedRateForm) -> bool:
    data = form.cleaned_data
    try:
        set_rate(
            Pair(data["base"], data["quote"]),
            data["value"],
            as_of=data["as_of"],
            max_age=timedelta(days=data["max_age_days"]),
            actor=actor(request),
            purpose=Purpose(data["purpose"]),
            confirmed=data["confirm"],
        )
    except RateUnconfirmed as error:
        form.add_error("value", str(error))
        form.add_error("confirm", _("Look again, and tick this box if the rate is right."))
        return False
    except (RateRefused, MoneyError) as error:
        form.add_error("value", str(error))
        return False
    messages.success(request, _("The rate was stored. New quotes use it; old ones keep theirs."))
    return True
