"""What orders refuse, with a stable code and a sentence in three languages."""

from __future__ import annotations

from core.pluginapi import InvalidInput, Text


class OrderError(InvalidInput):
    """A request that cannot be done; nothing was changed. ``path`` names what is wrong."""

    def __init__(self, code: str, text: Text, *, path: str = "$") -> None:
        super().__init__(text.en, path=path, code=code)
        self.text = text


class QuoteInvalid(OrderError):
    """A request for quotes that cannot be read or has no answer at all."""


class QuoteNotFound(OrderError):
    """There is no such quote, or it is another buyer's: the answer is the same."""


class QuoteRefused(OrderError):
    """A quote that cannot become an order: refused, expired, used, or of another day."""


class StepRefused(OrderError):
    """A step that the flow does not allow from here, or not by this person."""


class PaymentRefused(OrderError):
    """A payment that cannot begin, or a notice that does not fit its intent."""


class Refusal(Exception):
    """One channel cannot quote: a code and a sentence, stored with the quote."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
