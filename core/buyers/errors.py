"""What is refused about buyers, with a code and a sentence that cures it."""

from __future__ import annotations

from django.utils.functional import Promise


class BuyerError(ValueError):
    """Something given by a buyer cannot be used. The message never repeats what was given.

    ``code`` is stable and machine-readable; ``field`` names the form field at fault.
    """

    def __init__(self, code: str, message: str | Promise, *, field: str = "") -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.field = field
