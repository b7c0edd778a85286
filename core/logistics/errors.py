"""What is refused about parcels, with a code and a sentence that cures it."""

from __future__ import annotations

from django.utils.functional import Promise


class ParcelError(ValueError):
    """A parcel, leg or event cannot be stored. The message never repeats a personal number."""

    def __init__(self, code: str, message: str | Promise, *, field: str = "") -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.field = field
