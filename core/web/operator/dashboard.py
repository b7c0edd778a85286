"""The console's first page: what needs a person, and how much of everything there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.catalog.models import Offer, OfferState
from core.fx.queries import failing_sources
from core.jobs.models import Job
from core.kernel.models import Channel, Incident
from core.orders.models import STATES, Order
from core.web.operator import orders
from core.web.operator.access import operator_page
from core.web.operator.plugin_cards import cards
from core.web.operator.plugin_state import paused_plugins
from core.web.operator.rates import latest_by_source
from suppliers.models import Feed, Supplier, Supply

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person: a sentence, where to go, how bad it is."""

    text: Words
    url: str
    tone: str = "warning"


@dataclass(frozen=True, slots=True)
class First:
    """One step of setting up, with whether it is done."""

    text: Words
    url: str
    done: bool


@operator_page()
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what needs attention, orders by state, and the way to a first sale."""
    found = orders.by_state()
    first = _first_steps()
    context = {
        "needs": list(_needs()),
        "states": [(word, found[state], state) for state, word in STATES if found.get(state)],
        "first": first if not all(step.done for step in first) else [],
        "channels": Channel.objects.filter(is_open=True).count(),
        "offers": Offer.objects.filter(state=OfferState.PUBLISHED).count(),
        "suppliers": Supplier.objects.count(),
    }
    return render(request, "operator/dashboard.html", context)


def _needs() -> Iterator[Need]:
    for ask in (_plugins, _incidents, _feeds, _jobs, _rates, _orders, _offers):
        yield from ask()


def _plugins() -> Iterator[Need]:
    for card in cards(paused_plugins()):
        if card.state in {"paused", "broken", "missing"}:
            text = _("Plug-in %(name)s is %(state)s.") % {"name": card.name, "state": card.word}
            yield Need(text, f"{reverse('operator:plugins')}?show=attention", "error")


def _incidents() -> Iterator[Need]:
    number = Incident.objects.filter(resolved_at=None).count()
    text = ngettext("%(n)d open incident", "%(n)d open incidents", number) % {"n": number}
    yield from _counted(number, text, "operator:incidents")


def _feeds() -> Iterator[Need]:
    number = Feed.objects.filter(status=Feed.Status.HELD).count()
    text = ngettext(
        "%(n)d feed is held: it would remove many offers",
        "%(n)d feeds are held: they would remove many offers",
        number,
    ) % {"n": number}
    yield from _counted(number, text, "operator:feeds")


def _jobs() -> Iterator[Need]:
    number = Job.objects.filter(state__in=Job.GIVEN_UP).count()
    text = ngettext("%(n)d job is parked", "%(n)d jobs are parked", number) % {"n": number}
    yield from _counted(number, text, "operator:jobs")


def _rates() -> Iterator[Need]:
    sources = latest_by_source()
    if not sources:
        yield Need(_("No exchange rate is stored."), reverse("operator:rates"))
    stale = [source.source for source in sources if source.stale]
    if stale:
        text = _("Stale exchange rates: %(sources)s") % {"sources": ", ".join(stale)}
        yield Need(text, reverse("operator:rates"))
    failing = list(failing_sources().values_list("source", flat=True))
    if failing:
        text = _("Sources of rates that fail: %(sources)s") % {"sources": ", ".join(failing)}
        yield Need(text, reverse("operator:rates"))


def _orders() -> Iterator[Need]:
    number = Order.objects.filter(state__in=orders.STATES["act"]).count()
    text = ngettext("%(n)d order waits for you", "%(n)d orders wait for you", number)
    yield from _counted(number, text % {"n": number}, "operator:orders", tone="info")


def _offers() -> Iterator[Need]:
    number = Offer.objects.filter(state__in=(OfferState.HELD, OfferState.DENIED)).count()
    text = ngettext("%(n)d offer is held or denied", "%(n)d offers are held or denied", number) % {
        "n": number
    }
    if number:
        url = reverse("admin:catalog_offer_changelist")
        yield Need(text, f"{url}?state__in=held,denied", "info")


def _counted(number: int, text: str, name: str, *, tone: str = "warning") -> Iterator[Need]:
    if number:
        yield Need(text, reverse(name), tone)


def _first_steps() -> list[First]:
    """Return the way from an empty site to a first sale."""
    has: list[tuple[Words, str, Callable[[], bool]]] = [
        (_("Open a channel"), "operator:channel-new", Channel.objects.exists),
        (_("Have an exchange rate"), "operator:rates", lambda: bool(latest_by_source())),
        (_("Create a supplier and push a feed"), "operator:feeds", Feed.objects.exists),
        (_("Let the supplier supply the channel"), "operator:channels", Supply.objects.exists),
        (_("Switch on a carrier"), "operator:plugins", _has_carrier),
        (_("Place a first order in the shop"), "operator:orders", Order.objects.exists),
    ]
    return [First(text, reverse(name), done()) for text, name, done in has]


def _has_carrier() -> bool:
    on = [card for card in cards(frozenset()) if card.state == "on"]
    return any(capability.value == "carrier" for card in on for capability in card.capabilities)
