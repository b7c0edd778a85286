"""What the catalogue refuses, with a stable code and a sentence."""

from __future__ import annotations


class CatalogError(ValueError):
    """A request that cannot be used. ``code`` is stable, ``field`` says where."""

    def __init__(self, code: str, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field
