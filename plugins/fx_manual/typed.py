"""The text in which rates are typed: a line each, checked before it is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pydantic import field_validator

from core.pluginapi import PluginSettings, Text, setting
from core.shared.money import MoneyError, exponent

LINE = re.compile(
    r"^([A-Z]{3})[/ \t]+([A-Z]{3})[ \t]+(\d{1,8}(?:\.\d{1,12})?)[ \t]+(\d{4}-\d{2}-\d{2})"
    r"(?:[ \t]+(\d{1,5}))?(?:[ \t]+(.{1,80}))?$",
    re.ASCII,
)
MAX_LINES = 500
DEFAULT_AGE = 1


class TypedRate(NamedTuple):
    """One typed rate: ``value`` units of ``quote`` for one of ``base``."""

    base: str
    quote: str
    value: Decimal
    as_of: date
    max_age_days: int
    label: str


class Settings(PluginSettings):
    """The typed rates, and how they stand to other sources."""

    rates: str = setting(
        "",
        label=Text("Rates", "汇率", "匯率"),
        help=Text(
            "One a line: EUR CNY 7.98 2026-11-20 30 label: base, quoted currency, units of it for "
            "one of the base, the day, days of use, a label. Lines that begin with # are notes.",
            "每行一条：EUR CNY 7.98 2026-11-20 30 标注，即基准币种、报价币种、一单位基准币种"
            "所兑数额、日期、有效天数、标注。以 # 开头的行为备注。",
            "每行一筆：EUR CNY 7.98 2026-11-20 30 標註，即基準幣別、報價幣別、一單位基準幣別"
            "所兌數額、日期、有效天數、標註。以 # 開頭的行為備註。",
        ),
        max_length=50_000,
    )
    first: bool = setting(
        False,
        label=Text(
            "Use these rates before any other source", "优先使用这些汇率", "優先使用這些匯率"
        ),
    )
    margin_percent: Decimal = setting(
        Decimal(0),
        label=Text(
            "Margin in percent, shown to buyers", "加点（%），向买家展示", "加點（%），向買家顯示"
        ),
        ge=0,
        le=20,
    )

    @field_validator("rates")
    @classmethod
    def _readable(cls, text: str) -> str:
        list(read(text))
        return text

    def typed(self) -> tuple[TypedRate, ...]:
        """Return the rates in the order in which they were typed."""
        return tuple(read(self.rates))


def read(text: str) -> Iterator[TypedRate]:
    """Yield the rates of ``text``. Raises ValueError that names the line."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise ValueError(f"at most {MAX_LINES} lines")
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _read_line(number, line.strip())


def _read_line(number: int, line: str) -> TypedRate:
    found = LINE.match(line)
    if found is None:
        raise ValueError(f"line {number} does not read like: EUR CNY 7.98 2026-11-20 30 label")
    base, quote, value, day, age, label = found.groups()
    try:
        as_of = date.fromisoformat(day)
        exponent(base), exponent(quote)
    except (ValueError, MoneyError) as error:
        raise ValueError(f"line {number}: {error}") from None
    amount = Decimal(value)
    if base == quote or not amount:
        raise ValueError(f"line {number}: a rate is above zero and between two currencies")
    return TypedRate(base, quote, amount, as_of, int(age or DEFAULT_AGE), label or "")
