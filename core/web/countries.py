"""Countries by name in the reader's language, from CLDR."""

from __future__ import annotations

from babel import Locale
from django.utils.translation import get_language

from core.web.languages import babel_locale

DESTINATIONS = ("CN", "HK", "TW", "DE", "FR", "GB", "US", "AU", "JP", "SG")


def country_name(code: str) -> str:
    """Return the name of an ISO 3166-1 alpha-2 country, or the code itself when unknown."""
    locale = Locale.parse(babel_locale(get_language() or "en"))
    return str(locale.territories.get(code.upper(), code))


def country_choices(codes: tuple[str, ...] = DESTINATIONS) -> list[tuple[str, str]]:
    """Return (code, name) pairs for a form."""
    return [(code, country_name(code)) for code in codes]
