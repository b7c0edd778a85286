"""Why something about suppliers cannot be done; each has a code and a sentence."""

from __future__ import annotations


class SupplierError(Exception):
    """A request cannot be met. ``code`` is stable; the message cures it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
