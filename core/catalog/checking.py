"""Whether a request to list can be stored at all, before anyone judges it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.catalog.errors import CatalogError
from core.catalog.types import PublishRequest
from core.shared.money import Money, MoneyError, exponent

MAX_STOCK = 2_000_000_000
MAX_DAYS = 3_650
LIMITS = {"sku": 80, "brand": 120, "category": 300, "hs_code": 14, "net_content": 40}
STEP = Decimal("0.0001")


def checked(request: PublishRequest) -> None:
    """Refuse what no offer can be. Raises CatalogError with the field and a sentence."""
    _check_texts(request)
    _check_money("price", request.price)
    if not request.price.amount:
        raise CatalogError("price_invalid", "the price is above zero", field="price")
    if request.cost is not None:
        _check_money("cost", request.cost)
    for name in ("origin", "ship_from"):
        country = getattr(request, name)
        if country and not (len(country) == 2 and country.isascii() and country.isupper()):
            raise CatalogError(
                "country_invalid", f"{name} is a country code of two capitals", field=name
            )
    _check_number("quantity", request.quantity, MAX_STOCK)
    _check_number("net_grams", request.net_grams, MAX_STOCK)
    _check_number("gross_grams", request.gross_grams, MAX_STOCK)
    _check_number("lead_time_days", request.lead_time_days, MAX_DAYS)


def _check_texts(request: PublishRequest) -> None:
    if not request.sku:
        raise CatalogError("sku_missing", "an offer has a SKU", field="sku")
    if not any(title.strip() for title in request.titles.values()):
        raise CatalogError("title_missing", "an offer has a title", field="titles")
    for name, limit in LIMITS.items():
        text = getattr(request, name)
        if len(text) > limit:
            raise CatalogError("too_long", f"{name} is at most {limit} characters", field=name)
        _check_storable(name, (text,))
    _check_storable("titles", request.titles.values())
    _check_storable("descriptions", request.descriptions.values())
    _check_storable("facts", (*request.facts.keys(), *request.facts.values()))
    _check_storable("images", request.images)


def _check_storable(name: str, texts: Iterable[str]) -> None:
    for text in texts:
        if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise CatalogError(
                "text_invalid", f"{name} holds a character that cannot be stored", field=name
            )


def _check_money(name: str, money: Money) -> None:
    try:
        exponent(money.currency)
    except MoneyError as problem:
        raise CatalogError("currency_unknown", str(problem), field=name) from None
    if money.amount < 0:
        raise CatalogError("price_invalid", f"the {name} is not below zero", field=name)
    if money.amount != money.amount.quantize(STEP):
        raise CatalogError("price_invalid", f"the {name} has more than four decimals", field=name)


def _check_number(name: str, number: int | None, limit: int) -> None:
    if number is not None and not 0 <= number <= limit:
        raise CatalogError("number_invalid", f"{name} is 0 to {limit}", field=name)
