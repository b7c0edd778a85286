"""Why a file is not read any further."""

from __future__ import annotations

from core.pluginapi import Text


class FeedRefused(Exception):
    """The whole file is refused, by the supplier's fault. ``code`` is one of the code table.

    ``value`` fills the sentence, in three languages where it is a Text; ``place`` is "line 3".
    """

    def __init__(
        self, code: str, value: str | Text = "", *, expected: str = "", place: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.expected = expected
        self.place = place


class PlatformFault(Exception):
    """A plug-in or the platform failed over the file; it is tried again."""
