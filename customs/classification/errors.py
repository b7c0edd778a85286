"""Why a decision about a code was not taken."""

from __future__ import annotations

from core.pluginapi import Text


class DecisionRefused(ValueError):
    """A decision that cannot be taken as asked. ``code`` is stable, ``text`` says what to do.

    ``code_invalid``, ``doubtful`` (repeat it deliberately), ``decided_meanwhile`` (look again),
    ``gone``.
    """

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
