"""The kit for authors of sources of exchange rates: settings, safe reading, connection, health.

A source is a subclass of :class:`RateSource` with one ``read``; what it yields is checked, kept
once each, and remembered for the health line::

    class Bank(RateSource):
        key, title, base, every = "fx_bank", MANIFEST.name, "EUR", timedelta(hours=6)

        def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
            for row in xml_root(fetched(ctx, url)).iterfind("rate"):
                yield Rate(Pair("EUR", row.get("code")), number(row.text, "rate"), self.key, day)

Every reader raises InvalidInput when the content is not what it should be: nothing is guessed, and
nothing of a document that has one unreadable rate is used.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from core.pluginapi.context import Context
from core.pluginapi.errors import InvalidInput, PluginError, Unavailable
from core.pluginapi.settings import setting
from core.pluginapi.types.fx import Rate, RateTable
from core.pluginapi.types.kernel import ConnectionReport, Health, HealthState
from core.shared.money import MoneyError, exponent
from core.shared.text import Text

LARGEST_DOCUMENT = 8 << 20
SMALLEST, LARGEST = Decimal("1E-8"), Decimal("1E8")
REMEMBERED = 7 * 86_400
NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
CODE = re.compile(r"[A-Z]{3}", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def address(default: str) -> Any:
    """Declare the setting ``base_url``: where the source's documents are."""
    return setting(
        default,
        label=Text("Address of the source", "数据源地址", "資料來源位址"),
        help=Text("Change it only to use a mirror", "仅在使用镜像时修改", "僅在使用鏡像時修改"),
        pattern=r"^https?://\S+$",
        max_length=400,
    )


def usable_days(default: int, help: Text, *, longest: int = 30) -> Any:
    """Declare the setting ``max_age_days``: how long a rate may be used."""
    label = Text("Days that a rate may be used", "汇率有效天数", "匯率有效天數")
    return setting(default, label=label, help=help, ge=1, le=longest)


class RateSource(ABC):
    """Base of sources: ``read`` yields rates, everything else is done here.

    ``base`` is the currency that all of its rates touch, ``every`` how often it is asked. No rate
    after ``since`` is in order (weekends, holidays); no newest rate at all is a fault.
    """

    key: str
    title: Text
    base: str
    every: timedelta = timedelta(hours=6)

    @abstractmethod
    def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
        """Yield the rates after ``since``, or the newest day's alone when None."""

    def fetch_rates(self, ctx: Context, since: date | None) -> RateTable:
        """Return the rates, once each. Raises Unavailable, InvalidInput.

        A source that has much to say may stop early, oldest days first: it is asked again from
        the last day that it gave.
        """
        found: dict[tuple[object, ...], Rate] = {}
        for rate in self.read(ctx, since):
            key = (rate.pair, rate.purpose, rate.as_of)
            known = found.setdefault(key, rate)
            if (known.value, known.quantity) != (rate.value, rate.quantity):
                name = f"{rate.pair.base}/{rate.pair.quote}"
                raise InvalidInput(
                    f"two rates of {name} for {rate.as_of}: {known.value} and {rate.value}",
                    code="rate_contradicts",
                )
        if found:
            self._remember(ctx, found.values())
        elif since is None:
            raise InvalidInput("the source holds no rates", code="no_rates")
        return RateTable(self.key, tuple(found.values()))

    def _remember(self, ctx: Context, rates: Any) -> None:
        newest = max(rates, key=lambda rate: rate.as_of)
        until = newest.valid_to or newest.as_of + newest.max_age
        kept = {"newest": newest.as_of.isoformat(), "until": until.isoformat()}
        ctx.cache.set("rates", kept, REMEMBERED)


def fetched(ctx: Context, url: str, params: Mapping[str, str] | None = None) -> bytes:
    """Return a document of at most 8 MiB. Raises Unavailable, InvalidInput for web pages."""
    content = fetched_if_any(ctx, url, params)
    if content is None:
        raise Unavailable(f"the source answered 404 for {url.rpartition('/')[2][:80]}")
    return content


def fetched_if_any(ctx: Context, url: str, params: Mapping[str, str] | None = None) -> bytes | None:
    """Return a document, or None where the source says 404: not published (yet)."""
    reply = ctx.http.get(url, params=params)
    if reply.status == 404:
        return None
    if reply.status != 200:
        raise Unavailable(f"the source answered {reply.status}")
    if len(reply.content) > LARGEST_DOCUMENT:
        raise InvalidInput("the document is larger than 8 MiB", code="answer_too_large")
    start = reply.content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise InvalidInput("the source sent a web page instead of rates", code="web_page")
    return reply.content


def xml_root(content: bytes) -> etree._Element:
    """Parse XML that declares no entities."""
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise InvalidInput("the file declares entities", code="xml_entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidInput(f"not XML: {error.msg}"[:200], code="xml_syntax") from None


def named(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the descendants of a local name, whatever their namespace."""
    return [one for one in element.iter() if etree.QName(one).localname == name]


def text_of(element: etree._Element, name: str) -> str:
    """Return the stripped text of the first descendant of a name, or ""."""
    found = named(element, name)
    return (found[0].text or "").strip() if found else ""


def json_object(content: bytes) -> dict[str, Any]:
    """Parse a JSON object; its numbers stay Decimal."""
    try:
        found = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidInput("the answer is not a JSON object", code="not_json")
    return found


def rows_of(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of objects of a JSON object."""
    rows = found.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(f"the answer holds no list {name!r}", code="no_rates")
    return rows


def number(text: object, name: str) -> Decimal:
    """Read a positive number written with a point: ``7.0876``."""
    written = str(text).strip() if isinstance(text, str | int | Decimal) else ""
    try:
        value = Decimal(written) if NUMBER.fullmatch(written) else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not SMALLEST <= value <= LARGEST:
        raise InvalidInput(f"the rate of {name[:20]} is {str(text)[:20]!r}", code="rate")
    return value


def currency(text: str) -> str:
    """Read three capital letters."""
    code = text.strip()
    if not CODE.fullmatch(code):
        raise InvalidInput(f"{code[:10]!r} is not a currency", code="currency")
    return code


def is_current(code: str) -> bool:
    """Say whether a code is a currency: histories hold some that are gone, such as ROL."""
    try:
        return exponent(code) >= 0
    except MoneyError:
        return False


def iso_day(text: object) -> date:
    """Read 2026-11-20."""
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        raise InvalidInput(f"{str(text)[:20]!r} is not a date", code="date") from None


def written_day(text: str) -> date:
    """Read a day before its month and year: 20.11.2026, 20/Nov/2026, 20 November 2026."""
    parts = re.split(r"[./ -]+", text.strip())
    try:
        day, month, year = parts
        index = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
        return date(int(year), index, int(day))
    except (ValueError, IndexError, OverflowError):
        raise InvalidInput(f"{text[:40]!r} is not a date", code="date") from None


def connection_of(source: RateSource, ctx: Context) -> ConnectionReport:
    """Fetch the newest rates and say what came: for ``test_connection``."""
    try:
        table = source.fetch_rates(ctx, None)
    except (PluginError, InvalidInput, MoneyError) as error:
        return ConnectionReport(
            False, Text(f"Not reached: {error}", f"无法连接：{error}", f"無法連線：{error}")
        )
    day = max(rate.as_of for rate in table.rates).isoformat()
    count = len(table.rates)
    return ConnectionReport(
        True,
        Text(f"{count} rates of {day}", f"{day} 共 {count} 条汇率", f"{day} 共 {count} 筆匯率"),
        {"day": day, "rates": str(count)},
    )


def health_of(source: RateSource, ctx: Context) -> list[Health]:
    """Say which day the newest rates are of, and whether they may still be used."""
    kept = ctx.cache.get("rates")
    command = f"manage.py fx fetch {source.key}"
    cure = Text(f"Fetch rates: {command}", f"请获取汇率：{command}", f"請擷取匯率：{command}")
    if not isinstance(kept, dict):
        text = Text("No rates fetched yet", "尚未获取汇率", "尚未擷取匯率")
        return [Health("newest_rates", HealthState.DEGRADED, text, cure)]
    day, until = kept["newest"], date.fromisoformat(kept["until"])
    text = Text(f"Newest rates: {day}", f"最新汇率：{day}", f"最新匯率：{day}")
    if ctx.now.date() <= until:
        return [Health("newest_rates", HealthState.OK, text)]
    return [Health("newest_rates", HealthState.FAILED, text, cure)]


__all__ = [
    "RateSource",
    "address",
    "connection_of",
    "currency",
    "fetched",
    "fetched_if_any",
    "health_of",
    "is_current",
    "iso_day",
    "json_object",
    "named",
    "number",
    "rows_of",
    "text_of",
    "usable_days",
    "written_day",
    "xml_root",
]
