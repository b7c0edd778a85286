"""Reads a request for quotes as JSON; what is not asked for is refused, never ignored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.orders.errors import QuoteInvalid
from core.orders.quoting.types import QuoteRequest, WantedLine
from core.pluginapi import BuyerRef, MoneyError, Text
from core.shared.money import exponent

MAX_LINES = 1_000
MAX_QUANTITY = 9_999
MAX_CHANNELS = 50
KEYS = {"destination", "currency", "on", "lines", "channels"}


def read_request(data: object, *, buyer: BuyerRef | None = None) -> QuoteRequest:
    """Return the request that ``data`` (parsed JSON) states. Raises QuoteInvalid with a path."""
    body = _object(data, "$", KEYS)
    destination = _object(body.get("destination"), "$.destination", {"country", "region"})
    return QuoteRequest(
        country=read_country(destination.get("country"), "$.destination.country"),
        region=_text(destination.get("region") or "", "$.destination.region", limit=60),
        currency=_currency(body.get("currency")),
        channels=_channels(body.get("channels")),
        lines=_lines(body.get("lines")),
        buyer=buyer,
        on=_day(body.get("on")),
    )


def read_country(value: object, path: str) -> str:
    """Return a country code of two capitals. Raises QuoteInvalid."""
    if isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha():
        return value.upper()
    raise _invalid(
        "country_invalid",
        path,
        Text(
            "The destination is a country code of two letters, such as CN.",
            "目的地须为两位国家代码，例如 CN。",
            "目的地須為兩位國家代碼，例如 CN。",
        ),
    )


def _lines(value: object) -> tuple[WantedLine, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_LINES:
        raise _invalid(
            "lines_invalid",
            "$.lines",
            Text(
                f"A basket has 1 to {MAX_LINES} lines.",
                f"购物篮须有 1 至 {MAX_LINES} 行。",
                f"購物籃須有 1 至 {MAX_LINES} 行。",
            ),
        )
    return tuple(_line(line, f"$.lines[{index}]") for index, line in enumerate(value))


def _line(value: object, path: str) -> WantedLine:
    line = _object(value, path, {"sku", "item", "quantity"})
    reference = line.get("sku", line.get("item"))
    if not isinstance(reference, str) or not reference.strip():
        raise _invalid(
            "sku_missing",
            f"{path}.sku",
            Text("A line names its SKU.", "每行须注明 SKU。", "每行須註明 SKU。"),
        )
    return WantedLine(
        _text(reference.strip(), f"{path}.sku", limit=80),
        read_quantity(line.get("quantity"), f"{path}.quantity"),
    )


def read_quantity(value: object, path: str) -> int:
    """Return a whole number of pieces. Raises QuoteInvalid."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_QUANTITY:
        return value
    raise _invalid(
        "quantity_invalid",
        path,
        Text(
            f"A quantity is a whole number from 1 to {MAX_QUANTITY}.",
            f"数量须为 1 至 {MAX_QUANTITY} 的整数。",
            f"數量須為 1 至 {MAX_QUANTITY} 的整數。",
        ),
    )


def _currency(value: object) -> str:
    if value in (None, ""):
        return ""
    try:
        if isinstance(value, str) and len(value) == 3 and value.isupper():
            exponent(value)
            return value
    except MoneyError:
        pass
    raise _invalid(
        "currency_unknown",
        "$.currency",
        Text(
            "The currency is an ISO 4217 code, such as CNY.",
            "币种须为 ISO 4217 代码，例如 CNY。",
            "幣種須為 ISO 4217 代碼，例如 CNY。",
        ),
    )


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and len(value) == 10:
            day = date.fromisoformat(value)
            if 2000 <= day.year <= 2100:
                return day
    except ValueError:
        pass
    raise _invalid(
        "date_invalid",
        "$.on",
        Text(
            "The day is written 2026-11-22.",
            "日期须写作 2026-11-22。",
            "日期須寫作 2026-11-22。",
        ),
    )


def _channels(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, list) and 1 <= len(value) <= MAX_CHANNELS:
        return tuple(_text(one, f"$.channels[{i}]", limit=40) for i, one in enumerate(value))
    raise _invalid(
        "channels_invalid",
        "$.channels",
        Text(
            "Channels are a list of keys or kinds.",
            "渠道须为渠道代码或类型的列表。",
            "通路須為通路代碼或類型的列表。",
        ),
    )


def _text(value: object, path: str, *, limit: int) -> str:
    if isinstance(value, str) and len(value) <= limit and value.isprintable():
        return value
    raise _invalid(
        "text_invalid",
        path,
        Text(
            f"Text of at most {limit} printable characters is needed here.",
            f"此处须为不超过 {limit} 个字符的文字。",
            f"此處須為不超過 {limit} 個字元的文字。",
        ),
    )


def _object(value: object, path: str, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(
            "object_expected",
            path,
            Text("An object is expected here.", "此处须为对象。", "此處須為物件。"),
        )
    unknown = sorted(str(key) for key in value if key not in keys)
    if unknown:
        name = unknown[0][:40]
        raise _invalid(
            "unknown_key",
            f"{path}.{name}",
            Text(
                f"{name} cannot be given: prices, codes and totals are the platform's.",
                f"不接受 {name}：价格、编码和合计由平台计算。",
                f"不接受 {name}：價格、編碼和合計由平台計算。",
            ),
        )
    return value


def _invalid(code: str, path: str, text: Text) -> QuoteInvalid:
    return QuoteInvalid(code, text, path=path)
