"""What the quota ledger refuses."""

from __future__ import annotations

from core.pluginapi import InvalidInput, Text


class QuotaRefused(InvalidInput):
    """A person's year has no room, or nobody can say whose year it is; nothing was changed."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en, path="$.lines", code=code)
        self.text = text
