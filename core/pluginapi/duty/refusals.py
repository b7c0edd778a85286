"""Why a regime does not clear a shipment."""

from __future__ import annotations

from core.pluginapi.types.customs import Outcome
from core.shared.text import Text


class Refusal(Exception):
    """The regime cannot clear the shipment: ``code`` is a key of its words.

    ``line`` or ``path`` names what is at fault, ``fallback`` the regime that stays open, ``text``
    says more than the code's own words do.
    """

    outcome = Outcome.REFUSED

    def __init__(
        self,
        code: str,
        *,
        line: int | None = None,
        path: str = "",
        fallback: str = "",
        text: Text | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.path = path or ("" if line is None else f"$.shipment.lines[{line}]")
        self.fallback = fallback
        self.text = text


class NotOpen(Refusal):
    """The regime is not meant for such a shipment; another one may be."""

    outcome = Outcome.NOT_OPEN


class NeedsExcise(Refusal):
    """An excise is due whose rate is unknown: no figure is given, and never zero."""

    outcome = Outcome.NEEDS_EXCISE
