"""What a plug-in says of itself, before any of its hooks is registered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from core.shared.text import Text

API_VERSION = (1, 0)

KEY_PATTERN = re.compile(r"^[a-z][a-z0-9_]{2,39}$")


class Capability(Enum):
    """What a plug-in brings; the console groups plug-ins by it."""

    CHANNEL = "channel"
    FEED = "feed"
    RATES = "rates"
    DUTY = "duty"
    CARRIER = "carrier"
    PAYMENT = "payment"
    MESSAGES = "messages"
    PAGES = "pages"
    OTHER = "other"


class PluginScope(Enum):
    """Where a plug-in is switched on."""

    PLATFORM = "platform"
    CHANNEL = "channel"


class Verb(Enum):
    """Commands of ``ctx.verbs`` that a plug-in may declare under ``needs``."""

    PLACE_ORDER = "place_order"
    REQUEST_TRANSITION = "request_transition"
    ADD_PARCEL = "add_parcel"
    ADD_TRACKING_EVENT = "add_tracking_event"
    RELEASE_ESCROW = "release_escrow"
    PUBLISH_OFFER = "publish_offer"
    STORE_FILE = "store_file"
    SEND_MESSAGE = "send_message"
    CURRENT_BUYER = "current_buyer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A plug-in's identity card; the module-level constant ``MANIFEST``.

    ``api`` is a version range (PEP 440) of the plug-in contract, not of the product. ``needs``
    names the verbs that it calls; calling another raises NotPermitted. ``isolated`` asks for a
    child process for its feed, rate and tracking work. ``django_app`` is the dotted name of a
    Django app with models, ``specs`` that of a module with hooks of its own, whose names begin
    with the plug-in's key. Raises ValueError when the key is not snake case of 3 to 40 characters.
    """

    key: str
    name: Text
    version: str
    api: str
    summary: Text
    provides: tuple[Capability, ...]
    scope: PluginScope = PluginScope.CHANNEL
    needs: tuple[Verb, ...] = ()
    needs_pii: bool = False
    needs_internet: bool = False
    isolated: bool = False
    requires: tuple[str, ...] = ()
    author: str = ""
    licence: str = ""
    docs: str = ""
    django_app: str | None = None
    specs: str | None = None
    default_priority: int = 100
    default_on: bool = field(default=False)

    def __post_init__(self) -> None:
        if not KEY_PATTERN.match(self.key):
            raise ValueError(f"plug-in key {self.key!r} is not snake_case of 3 to 40 characters")
