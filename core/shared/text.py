"""Text in the platform's three languages, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in English, zh-Hans and zh-Hant.

    A missing Chinese form falls back to the other Chinese form, then to English, so that a
    plug-in author who writes English alone is still shown.
    """

    en: str
    zh_hans: str = ""
    zh_hant: str = ""

    def in_language(self, code: str) -> str:
        """Return the text for a language code such as ``zh-hans``, ``zh-Hant-TW`` or ``en``."""
        folded = code.lower().replace("_", "-")
        if folded.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
            return self.zh_hant or self.zh_hans or self.en
        if folded.startswith("zh"):
            return self.zh_hans or self.zh_hant or self.en
        return self.en

    def as_dict(self) -> dict[str, str]:
        """Return ``{"en", "zh-Hans", "zh-Hant"}``, the shape that reports and the API use."""
        return {
            "en": self.en,
            "zh-Hans": self.zh_hans or self.zh_hant or self.en,
            "zh-Hant": self.zh_hant or self.zh_hans or self.en,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, str]) -> Text:
        """Read the shape that :meth:`as_dict` writes; missing languages become empty."""
        return cls(stored.get("en", ""), stored.get("zh-Hans", ""), stored.get("zh-Hant", ""))

    def __str__(self) -> str:
        return self.en
