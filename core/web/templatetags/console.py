"""Template tags of the operator's console: its navigation, state words, ages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from core.shared.money import MoneyError, checked_decimal

register = template.Library()

SECTIONS = (
    ("operator:dashboard", _("Overview")),
    ("operator:orders", _("Orders")),
    ("operator:plugins", _("Plug-ins")),
    ("operator:channels", _("Channels")),
    ("operator:feeds", _("Feeds")),
    ("operator:rates", _("Rates")),
    ("operator:rules", _("Duty rules")),
    ("operator:classification", _("Classification")),
    ("operator:calculator", _("Calculator")),
    ("operator:jobs", _("Jobs")),
    ("operator:incidents", _("Incidents")),
    ("operator:audit", _("Audit log")),
)

TONES = {
    "ok": "badge-ok",
    "good": "badge-ok",
    "info": "badge-info",
    "warn": "badge-warn",
    "bad": "badge-bad",
}


class Entry(NamedTuple):
    """One entry of the console's navigation."""

    url: str
    label: str
    current: bool


@register.simple_tag(takes_context=True)
def console_nav(context: dict[str, Any]) -> list[Entry]:
    """Return the console's sections, the current one marked."""
    request: HttpRequest = context["request"]
    home = reverse("operator:dashboard")
    entries = []
    for name, label in SECTIONS:
        url = reverse(name)
        inside = request.path == url or (url != home and request.path.startswith(url))
        entries.append(Entry(url, str(label), inside))
    return entries


@register.simple_tag
def badge(word: object, tone: str = "") -> SafeString:
    """Write a state as a word; the colour only repeats what the word says."""
    return format_html('<span class="badge {}">{}</span>', TONES.get(tone, ""), word)


@register.filter
def age(value: datetime | None) -> str:
    """Write how long ago, in the two largest units."""
    return "—" if value is None else timesince(value, depth=1)


@register.filter
def plain(value: Decimal | None) -> str:
    """Write a number without trailing zeros and without an exponent."""
    return "—" if value is None else f"{value.normalize():f}"


@register.simple_tag
def plugin_link(key: str, words: str = "") -> SafeString:
    """Link to a plug-in's page; one that was refused for its key has none."""
    if "/" in key:
        return format_html("{}", words or key)
    return format_html('<a href="{}">{}</a>', reverse("operator:plugin", args=[key]), words or key)


@register.filter
def rate_text(value: object) -> str:
    """Write an exchange rate with at most eight significant digits."""
    try:
        number = checked_decimal(str(value))
    except MoneyError:
        return "—"
    places = max(2, 7 - number.adjusted())
    return plain(round(number, min(places, 12)))


@register.filter
def level_text(value: Decimal) -> str:
    """Write a level of a chart's grid with at most five significant digits."""
    return f"{value:.5g}" if value < 100_000 else f"{value:.0f}"
