"""The site's languages as the rest of the world names them."""

from __future__ import annotations

from collections.abc import Mapping

from core.shared.text import Text

BCP47 = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
SHORT = {"zh-hans": "简体", "zh-hant": "繁體", "en": "English"}
_BABEL = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW", "en": "en_GB"}
_FALLBACKS = {
    "zh-hans": ("zh-hans", "zh-cn", "zh", "zh-hant", "zh-tw", "en"),
    "zh-hant": ("zh-hant", "zh-tw", "zh-hk", "zh", "zh-hans", "en"),
    "en": ("en",),
}


def babel_locale(language: str) -> str:
    """Return Babel's locale of one of the site's languages; English for any other."""
    return _BABEL.get(language.lower(), "en_GB")


def spoken(value: object, language: str) -> str:
    """Return ``value`` (Text, a mapping by language code, or text) in ``language``.

    A mapping without the language falls back to the nearest one, then to whatever it has.
    """
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, Mapping):
        return _from_mapping(value, language)
    return "" if value is None else str(value)


def _from_mapping(value: Mapping[object, object], language: str) -> str:
    folded = {str(key).lower().replace("_", "-"): str(text) for key, text in value.items() if text}
    for code in _FALLBACKS.get(language.lower(), ("en",)):
        if code in folded:
            return folded[code]
    for key, text in folded.items():
        if key.startswith("en"):
            return text
    return next(iter(folded.values()), "")
