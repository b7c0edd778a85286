"""What is kept of what a supplier wrote: pure, so tried without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pluginapi import RawRow
from suppliers.normalise.draft import build_draft, read_sku
from suppliers.normalise.gtin import check_digit, read_gtin
from suppliers.normalise.measures import read_hs_code, read_quantity, read_weight
from suppliers.normalise.places import country_code
from suppliers.normalise.prices import read_price
from suppliers.normalise.prose import clean_description, clean_title
from suppliers.normalise.types import IntakeFacts, Note

NONE = IntakeFacts()
EXPONENTS = {"JPY": 0, "KRW": 0, "EUR": 2, "CNY": 2, "KWD": 3, "OMR": 3}


@given(st.sampled_from(sorted(EXPONENTS)), st.integers(1, 999_999), st.booleans())
def test_price_in_is_price_stored(currency: str, units: int, before: bool) -> None:
    amount = Decimal(units).scaleb(-EXPONENTS[currency])
    text = f"{currency} {amount}" if before else f"{amount} {currency}"
    price, note = read_price(text, "", NONE)
    assert note is None
    assert price is not None
    assert (price.amount, price.currency) == (amount, currency)


@given(st.text(max_size=30))
def test_no_text_crashes_the_price(text: str) -> None:
    price, note = read_price(text, "EUR", NONE)
    assert (price is None) != (note is None)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.90 EUR", "12.90"), ("EUR12,9", "12.90"), ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"), ("1,234,567", "1234567"), ("9350", "9350"), ("12,5", "12.50"),
    ],
)  # fmt: skip
def test_price_grammar(text: str, amount: str) -> None:
    price, _ = read_price(text, "EUR", NONE)
    assert price is not None
    assert price.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "EUR", "PRICE_MISSING"), ("abc", "EUR", "PRICE_FORMAT"),
        ("１２.５", "EUR", "PRICE_FORMAT"), ("٣", "EUR", "PRICE_FORMAT"),
        ("1_000", "EUR", "PRICE_FORMAT"), ("NaN", "EUR", "PRICE_NOT_FINITE"),
        ("-Infinity", "EUR", "PRICE_NOT_FINITE"), ("1e1000000", "EUR", "PRICE_NOT_FINITE"),
        ("1E-1000000", "EUR", "PRICE_NOT_FINITE"), ("-5", "EUR", "PRICE_NEGATIVE"),
        ("-0.00", "EUR", "PRICE_NEGATIVE"), ("0.00", "EUR", "PRICE_ZERO"),
        ("1.005", "JPY", "PRICE_EXPONENT"), ("1.005", "EUR", "PRICE_EXPONENT"),
        ("1,234", "EUR", "PRICE_AMBIGUOUS"), ("12345678901234.00", "EUR", "PRICE_TOO_LARGE"),
        ("9000000", "EUR", "PRICE_TOO_LARGE"), ("5", "", "CURRENCY_MISSING"),
        ("€5", "", "CURRENCY_SYMBOL_ONLY"), ("¥5", "", "CURRENCY_SYMBOL_ONLY"),
        ("5 EUR", "USD", "CURRENCY_CONFLICT"), ("5", "ABC", "CURRENCY_UNKNOWN"),
        ("5", "XXX", "CURRENCY_UNKNOWN"), ("5", "$", "CURRENCY_SYMBOL_ONLY"),
    ],
)  # fmt: skip
def test_price_refusals(text: str, currency: str, code: str) -> None:
    price, note = read_price(text, currency, NONE)
    assert price is None
    assert note is not None
    assert note.code == code


def test_supplier_setting_settles_the_comma() -> None:
    comma, dot = IntakeFacts(decimal=","), IntakeFacts(decimal=".")
    assert read_price("1,23", "EUR", comma)[0].amount == Decimal("1.23")  # type: ignore[union-attr]
    assert read_price("1.234", "EUR", comma)[0].amount == 1234  # type: ignore[union-attr]
    assert read_price("1,234", "EUR", dot)[0].amount == 1234  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("4006381333931", ""), ("'4006381333931", ""), ("400-6381 333931", ""),
        ("4006381333932", "GTIN_CHECK_DIGIT"), ("0000000000000", "GTIN_ALL_ZERO"),
        ("４００６３８１３３３９３１", "GTIN_FORMAT"), ("8.9012E+12", "GTIN_SPREADSHEET_DAMAGE"),
        ("412360000000", "GTIN_SPREADSHEET_DAMAGE"), ("415000000000", "GTIN_SPREADSHEET_DAMAGE"),
        ("12345", "GTIN_LENGTH"),
        (f"201234567890{check_digit('201234567890')}", "GTIN_RESTRICTED"),
        (f"991234567890{check_digit('991234567890')}", "GTIN_COUPON"),
        ("36000291452", "GTIN_LOST_LEADING_ZERO"),
    ],
)  # fmt: skip
def test_gtin_codes(raw: str, code: str) -> None:
    notes: list[Note] = []
    read_gtin(raw, notes)
    assert [note.code for note in notes] == ([code] if code else [])


@given(st.text("0123456789", min_size=12, max_size=12))
def test_right_check_digit_passes_unless_the_range_is_special(body: str) -> None:
    notes: list[Note] = []
    found = read_gtin(body + check_digit(body), notes)
    assert found.endswith(body + check_digit(body)) or notes


def test_hs_codes_keep_zeros_and_are_never_padded() -> None:
    notes: list[Note] = []
    assert read_hs_code("0401.10.00", notes) == "04011000"
    assert read_hs_code("401100000", notes) == ""
    assert [note.code for note in notes] == ["HS_FORMAT"]


def test_weights_by_unit() -> None:
    notes: list[Note] = []
    assert read_weight("1.5 kg", "", notes) == 1500
    assert read_weight("2", "斤", notes) == 1000
    assert read_weight("8 oz", "", notes) == 227
    assert read_weight("0.0 kg", "", notes) is None
    assert read_weight("3 stone", "", notes) is None
    assert [note.code for note in notes] == ["WEIGHT_ZERO", "WEIGHT_UNIT_UNKNOWN"]


def test_quantities() -> None:
    notes: list[Note] = []
    found = [read_quantity(raw, notes) for raw in ("7", "7.0", "-3", "9999", "1e3", "9" * 5000)]
    assert found == [7, 7, 0, 999, None, None]
    assert {note.code for note in notes} == {"QTY_NEGATIVE", "QTY_PLACEHOLDER", "QTY_FORMAT"}


def test_countries_by_code_and_name() -> None:
    assert [country_code(raw) for raw in ("jp", "UK", "DEU", "日本", "Germany", "EU", "??")] == [
        "JP", "GB", "DE", "JP", "DE", None, None,
    ]  # fmt: skip


def test_titles_lose_markup_and_one_level_of_escapes() -> None:
    notes: list[Note] = []
    assert clean_title("A\u00a0<b>bold</b>  &amp;quot;x", notes) == 'A bold "x'
    assert {note.code for note in notes} == {"TITLE_HTML", "TITLE_DOUBLE_ESCAPED"}
    assert clean_title("{{ settings.SECRET_KEY }}", []) == "{{ settings.SECRET_KEY }}"
    assert clean_title("ab\u202ec", []) == "abc"


def test_mojibake_is_said() -> None:
    notes: list[Note] = []
    clean_title("奶粉".encode().decode("latin-1"), notes)
    assert "DATA_MOJIBAKE" in {note.code for note in notes}


def test_descriptions_lose_what_runs() -> None:
    notes: list[Note] = []
    found = clean_description('--><p onclick="x()">a<script>b</script></p>', notes)
    assert found == "<p>a</p>"
    assert [note.code for note in notes] == ["DESC_UNSAFE_HTML"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "SKU_MISSING"), ("a" * 65, "SKU_TOO_LONG"), ("A1\u200b", "SKU_CONTROL_CHARS"),
        ("A\u202eB", "SKU_CONTROL_CHARS"), ("1.2E+10", "SKU_NUMERIC_DAMAGE"),
        ("1234567.0", "SKU_NUMERIC_DAMAGE"), ("010", ""), ("12E5", ""),
    ],
)  # fmt: skip
def test_sku_codes(raw: str, code: str) -> None:
    row = RawRow(1, 1, "line 1", {"sku": raw}, b"")
    sku, note = read_sku(row)
    assert (note.code if note else "") == code
    assert bool(sku) == (not code)


@given(st.dictionaries(st.sampled_from(["title", "price", "gtin", "origin", "net_weight",
    "quantity", "images", "available_at", "sale_price", "x"]), st.text(max_size=40)))  # fmt: skip
def test_no_row_crashes_normalisation(cells: dict[str, str]) -> None:
    row = RawRow(1, 1, "line 1", {"sku": "A1", **cells}, b"", images=(cells.get("x", ""),))
    draft = build_draft(row, "A1", IntakeFacts(currency="EUR"))
    refused = {"PRICE", "TITLE", "CURRE"}
    assert draft.offer is not None or any(note.code[:5] in refused for note in draft.notes)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "IMAGE_PRIVATE_ADDRESS"),
        ("http://2130706433/x.png", "IMAGE_PRIVATE_ADDRESS"),
        ("https://localhost/x.png", "IMAGE_PRIVATE_ADDRESS"),
        ("javascript:alert(1)", "IMAGE_URL_INVALID"),
        ("/relative.png", "IMAGE_URL_INVALID"),
        ("http://img.example.org/x.png", "IMAGE_HTTP"),
    ],
)
def test_image_addresses(raw: str, code: str) -> None:
    cells = {"sku": "A", "title": "T", "price": "1"}
    row = RawRow(1, 1, "line 1", cells, b"", images=(raw,))
    draft = build_draft(row, "A", IntakeFacts(currency="EUR"))
    assert code in {note.code for note in draft.notes}
