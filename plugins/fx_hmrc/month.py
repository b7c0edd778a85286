"""Reads HMRC's monthly XML and CSV. Pure."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi import InvalidInput
from core.pluginapi.fx_kit import currency, named, number, text_of, written_day, xml_root

CODE, VALUE, START, END = "Currency Code", "Currency Units per £1", "Start date", "End date"
LONGEST = timedelta(days=62)


class Month(NamedTuple):
    """The rates of a period, both days included; a currency may be in it several times."""

    start: date
    end: date
    rates: list[tuple[str, Decimal]]


def read(content: bytes) -> Month:
    """Return the rates of a file. Raises InvalidInput when it is none of HMRC's."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        month = _xml(content)
    else:
        month = _csv(content)
    if not month.rates:
        raise InvalidInput("the file holds no rates", code="no_rates")
    if not timedelta(0) <= month.end - month.start <= LONGEST:
        raise InvalidInput(f"the period {month.start} to {month.end} is none", code="period")
    return month


def _xml(content: bytes) -> Month:
    root = xml_root(content)
    start, _, end = root.get("Period", "").partition(" to ")
    if not end:
        raise InvalidInput("the file names no period", code="period")
    rates = [
        _rate(text_of(one, "currencyCode"), text_of(one, "rateNew"))
        for one in named(root, "exchangeRate")
    ]
    return Month(written_day(start), written_day(end), rates)


def _csv(content: bytes) -> Month:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    heads = {name.strip(): name for name in reader.fieldnames or () if name}
    if not {CODE, VALUE, START, END} <= set(heads):
        raise InvalidInput("the columns are not those of HMRC's file", code="csv_head")
    rates: list[tuple[str, Decimal]] = []
    periods: set[tuple[str, str]] = set()
    try:
        for row in reader:
            cells = {name: (row[head] or "").strip() for name, head in heads.items()}
            rates.append(_rate(cells[CODE], cells[VALUE]))
            periods.add((cells[START], cells[END]))
    except csv.Error as error:
        raise InvalidInput(f"not CSV: {error}"[:200], code="csv_syntax") from None
    if len(periods) != 1:
        raise InvalidInput("the file names not one period", code="period")
    start, end = periods.pop()
    return Month(written_day(start), written_day(end), rates)


def _rate(code: str, value: str) -> tuple[str, Decimal]:
    name = currency(code)
    return name, number(value, name)
