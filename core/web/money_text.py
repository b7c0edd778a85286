"""Amounts as text: quantised by the currency's own exponent first, then written by Babel."""

from __future__ import annotations

from babel.numbers import format_currency, get_currency_symbol

from core.shared.money import Money, exponent
from core.web.languages import babel_locale

# A bare sign is kept where it is the locale's home currency; elsewhere it names its country, so
# that two currencies on one page never look alike.
BARE_SIGNS = frozenset("$¥￥")
HOME = {"zh_Hans_CN": "CNY"}
NAMED = {"USD": "US$", "JPY": "JP¥", "TWD": "NT$", "CNY": "CN¥"}


def money_text(value: Money, language: str) -> str:
    """Return ``value`` for a reader of ``language``; rounds half-up to the currency's decimals."""
    locale = babel_locale(language)
    rounded = value.rounded()
    places = exponent(value.currency)
    digits = "#,##0" + ("." + "0" * places if places else "")
    return format_currency(
        rounded.amount,
        value.currency,
        format=_pattern(value.currency, locale, digits),
        locale=locale,
        currency_digits=False,
    )


def _pattern(currency: str, locale: str, digits: str) -> str:
    symbol = get_currency_symbol(currency, locale)
    if symbol in BARE_SIGNS and HOME.get(locale) != currency:
        symbol = NAMED.get(currency, currency)
        return f"'{symbol}'{digits}" if symbol != currency else f"¤¤\N{NO-BREAK SPACE}{digits}"
    if symbol.isalpha():
        return f"¤¤\N{NO-BREAK SPACE}{digits}"
    return f"¤{digits}"
