"""How a plug-in is shown: from its stored rows and its manifest, never from its code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.kernel.discovery import discover
from core.kernel.models import Activation, Incident, PluginRecord
from core.pluginapi import Capability, Manifest
from core.shared.text import Text

Words = str | Promise

ORIGINS: dict[str, Words] = {
    "built-in": _("bundled"),
    "package": _("package"),
    "folder": _("local file"),
    "test": _("test"),
}
CAPABILITIES: dict[Capability, Words] = {
    Capability.CHANNEL: _("Channels"),
    Capability.FEED: _("Feeds"),
    Capability.RATES: _("Exchange rates"),
    Capability.DUTY: _("Duty and tax"),
    Capability.CARRIER: _("Carriers"),
    Capability.PAYMENT: _("Payment"),
    Capability.MESSAGES: _("Messages"),
    Capability.PAGES: _("Own pages"),
    Capability.OTHER: _("Other"),
}
WORDS: dict[str, tuple[Words, str]] = {
    "on": (_("on"), "ok"),
    "off": (_("off"), ""),
    "paused": (_("paused"), "warn"),
    "broken": (_("broken"), "bad"),
    "incompatible": (_("incompatible"), "bad"),
    "missing": (_("missing"), "bad"),
    "excluded": (_("left out"), "warn"),
}
NEED_ATTENTION = frozenset({"paused", "broken", "missing"})


@dataclass(frozen=True, slots=True)
class Card:
    """One plug-in for the console. ``state`` is one of ``WORDS``; ``on_in`` names places."""

    key: str
    name: str
    summary: str
    version: str
    origin: Words
    scope: str
    state: str
    reason: str
    where: str
    on_in: tuple[str, ...]
    last_error: str
    author: str = ""
    licence: str = ""
    api: str = ""
    docs: str = ""
    needs_internet: bool = False
    needs_pii: bool = False
    isolated: bool = False
    needs: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    capabilities: tuple[Capability, ...] = field(default=(Capability.OTHER,))
    priority: int = 100

    @property
    def word(self) -> Words:
        """The state as a word."""
        return WORDS[self.state][0]

    @property
    def tone(self) -> str:
        """The state as a colour."""
        return WORDS[self.state][1]

    @property
    def can_switch(self) -> bool:
        """Whether it can be switched on: what did not start cannot."""
        return self.state in {"on", "off", "paused"}

    @property
    def needs_attention(self) -> bool:
        """Whether an operator should look at it."""
        return self.state in NEED_ATTENTION or bool(self.last_error)

    @property
    def provides(self) -> list[str]:
        """What it brings, in words."""
        return [str(CAPABILITIES[one]) for one in self.capabilities]

    def matches(self, search: str) -> bool:
        """Whether ``search`` is found in name, key, author or summary."""
        text = f"{self.name} {self.key} {self.author} {self.summary}".casefold()
        return search.casefold() in text


def cards(paused: frozenset[str]) -> list[Card]:
    """Return every known plug-in by name; ``paused`` holds keys whose breaker is open."""
    manifests = _manifests()
    on_in = _on_in()
    errors = _last_errors()
    rows = PluginRecord.objects.all()
    built = [
        _card(row, manifests.get(row.key), on_in.get(row.key, ()), errors, paused) for row in rows
    ]
    return sorted(built, key=lambda card: card.name.casefold())


def card_of(key: str, paused: frozenset[str]) -> Card | None:
    """Return one plug-in, or None when it was never seen here."""
    row = PluginRecord.objects.filter(pk=key).first()
    if row is None:
        return None
    return _card(row, _manifests().get(key), _on_in(key).get(key, ()), _last_errors(key), paused)


def _card(
    row: PluginRecord,
    manifest: Manifest | None,
    on_in: tuple[str, ...],
    errors: dict[str, str],
    paused: frozenset[str],
) -> Card:
    known = _facts(manifest) if manifest else {}
    return Card(
        key=row.key,
        name=row.title,
        summary=_spoken(row.summaries),
        version=row.version,
        origin=ORIGINS.get(row.origin, row.origin),
        scope=row.scope,
        state=_state(row, bool(on_in), row.key in paused),
        reason=row.reason,
        where=row.where,
        on_in=on_in,
        last_error=errors.get(row.key, ""),
        **known,  # type: ignore[arg-type]
    )


def _state(row: PluginRecord, is_on: bool, is_paused: bool) -> str:
    if row.state != "loaded":
        return row.state if row.state in WORDS else "broken"
    if not is_on:
        return "off"
    return "paused" if is_paused else "on"


def _facts(manifest: Manifest) -> dict[str, object]:
    return {
        "author": manifest.author,
        "licence": manifest.licence,
        "api": manifest.api,
        "docs": manifest.docs,
        "needs_internet": manifest.needs_internet,
        "needs_pii": manifest.needs_pii,
        "isolated": manifest.isolated,
        "needs": tuple(verb.value for verb in manifest.needs),
        "requires": manifest.requires,
        "priority": manifest.default_priority,
        "capabilities": manifest.provides or (Capability.OTHER,),
    }


def _manifests() -> dict[str, Manifest]:
    return {found.key: found.manifest for found in discover() if found.manifest}


def _on_in(plugin: str = "") -> dict[str, tuple[str, ...]]:
    """Return the names of the places where each plug-in is on."""
    rows: Iterable[Activation] = Activation.objects.filter(enabled=True).select_related("channel")
    places: dict[str, list[str]] = {}
    for row in rows:
        if plugin and row.plugin != plugin:
            continue
        title = row.channel.title if row.channel else str(_("the whole platform"))
        places.setdefault(row.plugin, []).append(title)
    return {key: tuple(titles) for key, titles in places.items()}


def _last_errors(plugin: str = "") -> dict[str, str]:
    rows = Incident.objects.filter(resolved_at=None).order_by("last_seen")
    if plugin:
        rows = rows.filter(plugin=plugin)
    return {key: f"{hook}: {text}" for key, hook, text in rows.values_list(*_ERROR_FIELDS)}


_ERROR_FIELDS = ("plugin", "hook", "message")


def _spoken(texts: dict[str, str]) -> str:
    return Text.from_dict(texts).in_language(get_language() or "en")
