"""The plug-in console: what there is, where it is on, and one plug-in's page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.kernel.incidents import recent
from core.kernel.models import Activation, Channel
from core.kernel.registry import registry
from core.orders.models import Order
from core.pluginapi import Capability
from core.web.operator.access import operator_page
from core.web.operator.forms import PLATFORM
from core.web.operator.listing import asked, chosen, tabs
from core.web.operator.orders import OPEN
from core.web.operator.plugin_cards import CAPABILITIES, WORDS, Card, card_of, cards
from core.web.operator.plugin_state import paused_plugins, pauses_of

Words = str | Promise

TABS = (
    ("all", _("All")),
    ("on", _("On")),
    ("off", _("Off")),
    ("attention", _("Needs attention")),
    ("incompatible", _("Incompatible")),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Plug-ins of one capability."""

    label: Words
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A plug-in in one channel, or on the whole platform: ``slug`` is its part of the address."""

    slug: str
    title: Words
    enabled: bool
    priority: int
    paused: bool

    @property
    def word(self) -> Words:
        """The state as a word."""
        return WORDS[self._state][0]

    @property
    def tone(self) -> str:
        """The state as a colour."""
        return WORDS[self._state][1]

    @property
    def _state(self) -> str:
        if not self.enabled:
            return "off"
        return "paused" if self.paused else "on"


@operator_page()
def plugins(request: HttpRequest) -> HttpResponse:
    """List plug-ins by capability."""
    show = chosen(request, "show", [key for key, _label in TABS], "all")
    search = asked(request, "q")
    every = cards(paused_plugins())
    shown = [card for card in every if _belongs(card, show) and card.matches(search)]
    counts = {key: sum(_belongs(card, key) for card in every) for key, _label in TABS}
    context = {
        "groups": _groups(shown),
        "tabs": tabs(TABS, counts, show),
        "show": show,
        "search": search,
        "safe_mode": os.environ.get("HAITAO_SAFE_MODE") == "1",
    }
    return render(request, "operator/plugins.html", context)


@operator_page()
def plugin_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show one plug-in from its stored rows."""
    card = find_card(key)
    places = places_of(card)
    context = {
        "card": card,
        "places": places,
        "on_count": sum(place.enabled for place in places),
        "hooks": hooks_of(key),
        "incidents": recent(key, hours=24 * 7),
        "pauses": pauses_of(key),
        "serves": serves(card),
    }
    return render(request, "operator/plugin.html", context)


def find_card(key: str) -> Card:
    """Return a plug-in's card. Raises Http404."""
    card = card_of(key, paused_plugins()) if key.isprintable() else None
    if card is None:
        raise Http404(key)
    return card


def find_place(card: Card, slug: str) -> Channel | None:
    """Return the channel that ``slug`` means, None for the platform. Raises Http404."""
    if slug == PLATFORM:
        return None
    channel = Channel.objects.filter(key=slug).first() if card.scope == "channel" else None
    if channel is None:
        raise Http404(slug)
    return channel


def place_of(card: Card, channel: Channel | None) -> PlaceView:
    """Return how a plug-in stands in one place."""
    slug = channel.key if channel else PLATFORM
    wanted = [place for place in places_of(card, shared=True) if place.slug == slug]
    return wanted[0]


def places_of(card: Card, *, shared: bool = False) -> list[PlaceView]:
    """Return where a plug-in can be on: the platform, or each channel.

    With ``shared`` a channel's plug-in has the platform too, where its common settings are.
    """
    rows = {row.channel_id: row for row in Activation.objects.filter(plugin=card.key)}
    platform = _place(None, rows.get(None), card)
    if card.scope != "channel":
        return [platform]
    channels = [_place(c, rows.get(c.pk), card) for c in Channel.objects.all()]
    return [platform, *channels] if shared else channels


def hooks_of(key: str) -> list[str]:
    """Return the hooks that a plug-in of this process implements, by name."""
    plugin = registry().plugins.get(key)
    return sorted(plugin.implementations) if plugin else []


def serves(card: Card) -> list[str]:
    """Return what depends on a plug-in, in words: open orders of the channels in which it is on."""
    on = Activation.objects.filter(plugin=card.key, enabled=True)
    wanted = Order.objects.filter(state__in=OPEN)
    if card.scope == "channel":
        wanted = wanted.filter(channel__in=on.values("channel"))
    found = []
    number = wanted.aggregate(n=Count("pk"))["n"] if on.exists() else 0
    if number:
        text = ngettext("%(n)d open order", "%(n)d open orders", number) % {"n": number}
        found.append(text)
    plugins = registry().plugins.values()
    found += [p.key for p in plugins if p.manifest and card.key in p.manifest.requires]
    return found


def _belongs(card: Card, show: str) -> bool:
    if show == "on":
        return card.state in {"on", "paused"}
    if show == "off":
        return card.state == "off"
    if show == "attention":
        return card.needs_attention
    if show == "incompatible":
        return card.state == "incompatible"
    return True


def _groups(shown: list[Card]) -> list[Group]:
    """Group by what a plug-in brings first; what could not be read comes first of all."""
    faulty = [card for card in shown if not card.can_switch]
    by_capability: dict[Capability, list[Card]] = {}
    for card in shown:
        if card.can_switch:
            by_capability.setdefault(card.capabilities[0], []).append(card)
    groups = [Group(_("Cannot be used"), faulty)] if faulty else []
    for capability, label in CAPABILITIES.items():
        if capability in by_capability:
            groups.append(Group(label, by_capability[capability]))
    return groups


def _place(channel: Channel | None, row: Any, card: Card) -> PlaceView:
    return PlaceView(
        slug=channel.key if channel else PLATFORM,
        title=channel.title if channel else _("the whole platform"),
        enabled=bool(row and row.enabled),
        priority=row.priority if row else card.priority,
        paused=card.state == "paused",
    )
