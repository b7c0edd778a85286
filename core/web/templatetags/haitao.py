"""Template tags of every door: amounts, times with their zone, text in the reader's language."""

from __future__ import annotations

from datetime import datetime
from decimal import Context

from babel.dates import format_date, format_datetime
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import get_language

from core.buyers.types import AddressView
from core.shared.money import HasMoney, Money, MoneyError, checked_decimal
from core.web.countries import country_name
from core.web.languages import babel_locale, spoken
from core.web.money_text import money_text

register = template.Library()

Amount = Money | HasMoney | dict[str, str] | None


def _language() -> str:
    return get_language() or "en"


def _as_money(value: Amount) -> Money | None:
    if value is None or isinstance(value, Money):
        return value
    if isinstance(value, dict):
        return Money(checked_decimal(value["amount"]), value["currency"])
    return Money.of(value)


@register.simple_tag
def money(value: Amount, currency: str = "") -> SafeString:
    """Write an amount: Money, a stored one, ``{"amount", "currency"}``, or a number and a code."""
    try:
        amount = Money(checked_decimal(str(value)), currency) if currency else _as_money(value)
    except (MoneyError, KeyError):
        amount = None
    if amount is None:
        return format_html('<span class="money">{}</span>', "—")
    return format_html('<span class="money">{}</span>', money_text(amount, _language()))


@register.simple_tag
def localtime_zone(value: datetime | None) -> SafeString:
    """Write an instant in the reader's time zone, with the zone."""
    if value is None:
        return format_html("{}", "—")
    local = localtime(value, get_current_timezone())
    text = format_datetime(local, "yyyy-MM-dd HH:mm ZZZZ", locale=babel_locale(_language()))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def day(value: datetime | None) -> str:
    """Write a day: month and day by name, with the year."""
    return "—" if value is None else format_date(value, "medium", locale=babel_locale(_language()))


@register.filter
def in_language(value: object) -> str:
    """Return Text, or a mapping by language, in the reader's language."""
    return spoken(value, _language())


@register.filter
def percent(value: object) -> str:
    """Write a rate in percent without trailing zeros."""
    try:
        number = checked_decimal(str(value)).normalize()
    except MoneyError:
        return "—"
    return f"{number:f}%"


@register.filter
def fx_rate(value: object) -> str:
    """Write an exchange rate with at most eight significant digits."""
    try:
        number = Context(prec=8).plus(checked_decimal(str(value)))
    except MoneyError:
        return "—"
    return f"{number.normalize():f}"


@register.filter
def address_line(address: AddressView) -> str:
    """Write a masked address as its reader would: largest part first in Chinese only."""
    parts = [country_name(address.country), address.region, address.city, address.district]
    if _language().startswith("zh"):
        return " ".join(dict.fromkeys(part for part in parts if part))
    return ", ".join(dict.fromkeys(part for part in reversed(parts) if part))


@register.filter
def wall_clock(text: str) -> str:
    """Write a carrier's local time to the minute."""
    return text.replace("T", " ")[:16]
