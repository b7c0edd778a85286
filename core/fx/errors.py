"""Why an amount could not be converted, or a rate not stored."""

from __future__ import annotations

from core.shared.errors import InvalidInput
from core.shared.text import Text


class RateError(Exception):
    """No usable rate. ``code`` is stable, ``text`` says in three languages what to do."""

    code = "fx_missing"

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class RateMissing(RateError):
    """No source has ever given a rate for the pair that holds on that day."""

    code = "fx_missing"


class RateStale(RateError):
    """The newest rate is older than its source allows it to be used."""

    code = "fx_stale"


class RateRefused(InvalidInput):
    """A rate cannot be stored: ``path`` names it, ``code`` says why. Nothing was stored."""


class RateUnconfirmed(RateRefused):
    """A person's rate is far from what is known; it is stored when they confirm it."""
