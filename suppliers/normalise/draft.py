"""From a raw row to an offer draft: pure, and complete about what it left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.pluginapi import Money, OfferDraft, RawRow
from customs.classification.plausibility import doubt_of
from suppliers.normalise.addresses import read_images, read_link
from suppliers.normalise.gtin import read_gtin
from suppliers.normalise.measures import (
    read_days,
    read_hs_code,
    read_moment,
    read_quantity,
    read_weight,
)
from suppliers.normalise.places import country_code
from suppliers.normalise.prices import read_price
from suppliers.normalise.prose import clean_description, clean_title, has_invisible, tidy
from suppliers.normalise.types import IntakeFacts, Note

SKU_MAX = 64
EXTRA_MAX = 16 * 1024
UNKNOWN_LANGUAGE = "und"
CANONICAL = frozenset(
    """
    sku group_id title description brand gtin mpn condition price currency sale_price sale_window
    price_type availability available_at quantity lead_time_days ship_from hs_code origin
    net_grams gross_grams net_weight gross_weight weight_unit net_content link category language
    """.split()
)
AVAILABILITY = {
    "in_stock": "in_stock", "instock": "in_stock", "available": "in_stock", "true": "in_stock",
    "yes": "in_stock", "1": "in_stock", "out_of_stock": "out_of_stock", "false": "out_of_stock",
    "outofstock": "out_of_stock", "sold_out": "out_of_stock", "no": "out_of_stock",
    "0": "out_of_stock", "preorder": "preorder", "pre_order": "preorder", "backorder": "backorder",
    "available_for_order": "backorder",
}  # fmt: skip
CONDITIONS = {
    "new": "new", "refurbished": "refurbished", "renewed": "refurbished", "used": "used",
    "used_like_new": "used", "used_good": "used", "used_fair": "used",
}  # fmt: skip

_SKU_DAMAGE = re.compile(r"^\d[.,]\d+[eE]\+\d+$|^\d{6,}\.0$")
_BATTERY = re.compile(
    r"\bbatter|\blithium|\bpower ?bank|\bakku|\bli-ion|电池|電池|バッテリー|充电宝|行動電源", re.I
)


@dataclass(slots=True)
class Draft:
    """What came of one row: the draft unless refused, the notes, and who lacks a fact."""

    offer: OfferDraft | None
    notes: list[Note]
    blocked_for: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read_sku(row: RawRow) -> tuple[str, Note | None]:
    """Return the SKU as text, leading zeros and case kept, or why the row has none."""
    sku = tidy_sku(row.cells.get("sku", ""))
    if not sku:
        return "", Note("SKU_MISSING")
    if len(sku) > SKU_MAX:
        return "", Note("SKU_TOO_LONG", sku, str(SKU_MAX))
    if has_invisible(sku):
        return "", Note("SKU_CONTROL_CHARS", sku)
    if _SKU_DAMAGE.match(sku):
        return "", Note("SKU_NUMERIC_DAMAGE", sku)
    return sku, None


def tidy_sku(raw: str) -> str:
    """Trim a SKU and put it in NFC; nothing is taken out of its middle."""
    text = raw.strip(" \t\r\n\xa0\u3000")
    return text if text.isascii() or has_invisible(text) else tidy(text)


def unreadable(row: RawRow) -> Note | None:
    """Return why the cells of a row cannot be stored at all, or None."""
    joined = "\n".join(row.cells.values())
    if "\x00" in joined:
        return Note("ROW_NUL_BYTE")
    if joined.isascii():
        return None
    try:
        joined.encode()
    except UnicodeEncodeError:
        return Note("ROW_BAD_CHARACTERS")
    return None


def build_draft(row: RawRow, sku: str, facts: IntakeFacts) -> Draft:
    """Normalise one row whose SKU is known to be good."""
    cells = row.cells
    notes: list[Note] = []
    titles = _texts(cells, "title", facts, notes)
    if not titles:
        notes.append(Note("TITLE_MISSING"))
    price, why = read_price(cells.get("price", ""), cells.get("currency", ""), facts)
    if why is not None:
        notes.append(why)
    if price is None or not titles:
        return Draft(None, notes)
    quantity = read_quantity(cells["quantity"], notes) if "quantity" in cells else None
    net, gross = _weights(cells, notes)
    kept, unknown = _extra(cells)
    offer = OfferDraft(
        sku=sku,
        titles=titles,
        price=price,
        availability=_availability(cells, quantity, notes),
        quantity=quantity,
        sale_price=_sale_price(cells, price, facts, notes),
        descriptions=_texts(cells, "description", facts, notes),
        brand=tidy(cells.get("brand", ""))[:120],
        gtin=read_gtin(cells["gtin"], notes) if "gtin" in cells else "",
        mpn=tidy(cells.get("mpn", ""))[:70],
        condition=_condition(cells, notes),
        group_id=tidy(cells.get("group_id", ""))[:64],
        category=tidy(cells.get("category", ""))[:300],
        hs_code=read_hs_code(cells["hs_code"], notes) if "hs_code" in cells else "",
        origin=_country(cells.get("origin", ""), "ORIGIN", notes),
        ship_from=_country(cells.get("ship_from", ""), "SHIP_FROM", notes) or facts.ship_from,
        lead_time_days=_lead_time(cells, facts, notes),
        net_grams=net,
        gross_grams=gross,
        net_content=tidy(cells.get("net_content", ""))[:40],
        images=read_images(row.images, notes),
        link=read_link(cells["link"], notes) if "link" in cells else "",
        facts=_facts(cells, notes),
        extra=kept,
    )
    return Draft(offer, notes, _gaps(offer, notes), unknown)


def _texts(
    cells: Mapping[str, str], name: str, facts: IntakeFacts, notes: list[Note]
) -> dict[str, str]:
    clean = clean_title if name == "title" else clean_description
    own = cells.get("language", "").strip()[:12] or facts.language or UNKNOWN_LANGUAGE
    found = {own: clean(cells[name], notes)} if name in cells else {}
    prefix = f"{name}:"
    for key, text in cells.items():
        if key.startswith(prefix):
            found[key.removeprefix(prefix)[:12]] = clean(text, notes)
    return {language: text for language, text in found.items() if text}


def _availability(cells: Mapping[str, str], quantity: int | None, notes: list[Note]) -> str:
    raw = cells.get("availability", "")
    value = AVAILABILITY.get(raw.strip().lower().replace(" ", "_").replace("-", "_"))
    if raw and value is None:
        notes.append(Note("AVAIL_UNKNOWN", raw, "in_stock, out_of_stock, preorder, backorder"))
    if value == "in_stock" and quantity == 0:
        notes.append(Note("AVAIL_QTY_CONFLICT", raw, "out_of_stock"))
    if "available_at" not in cells and value == "preorder":
        notes.append(Note("PREORDER_DATE_MISSING"))
    if quantity == 0 and value in (None, "in_stock"):
        return "out_of_stock"
    return value or "in_stock"


def _condition(cells: Mapping[str, str], notes: list[Note]) -> str:
    raw = cells.get("condition", "")
    value = CONDITIONS.get(raw.strip().lower().replace(" ", "_"))
    if raw.strip() and value is None:
        notes.append(Note("CONDITION_UNKNOWN", raw, "new, refurbished, used"))
    return value or "new"


def _sale_price(
    cells: Mapping[str, str], price: Money, facts: IntakeFacts, notes: list[Note]
) -> Money | None:
    raw = cells.get("sale_price", "").strip()
    if not raw:
        return None
    sale, _ = read_price(raw, cells.get("currency", "") or price.currency, facts)
    if sale is None or sale.currency != price.currency:
        notes.append(Note("SALE_PRICE_INVALID", raw))
        return None
    if price <= sale:
        notes.append(Note("SALE_PRICE_NOT_LOWER", raw, str(price)))
        return None
    return sale


def _weights(cells: Mapping[str, str], notes: list[Note]) -> tuple[int | None, int | None]:
    unit = cells.get("weight_unit", "")
    found: dict[str, int | None] = {}
    for kind in ("net", "gross"):
        if grams := cells.get(f"{kind}_grams"):
            found[kind] = read_weight(grams, "g", notes)
        elif weight := cells.get(f"{kind}_weight"):
            found[kind] = read_weight(weight, unit, notes)
    net, gross = found.get("net"), found.get("gross")
    if net and gross and net > gross:
        notes.append(Note("WEIGHT_NET_GT_GROSS", str(net), f"≤ {gross} g"))
        net = None
    return net, gross


def _country(raw: str, what: str, notes: list[Note]) -> str:
    if not raw.strip():
        return ""
    code = country_code(raw)
    if code is None:
        notes.append(Note(f"{what}_UNKNOWN", raw, "ISO 3166-1"))
    return code or ""


def _lead_time(cells: Mapping[str, str], facts: IntakeFacts, notes: list[Note]) -> int | None:
    raw = cells.get("lead_time_days", "")
    return read_days(raw, notes) if raw.strip() else facts.lead_time_days


def _facts(cells: Mapping[str, str], notes: list[Note]) -> dict[str, str]:
    found = {
        key.removeprefix("facts:"): tidy(text)[:200]
        for key, text in cells.items()
        if key.startswith("facts:")
    }
    if "available_at" in cells:
        moment = read_moment(cells["available_at"], "DATE_FORMAT", notes)
        found |= {"available_at": moment} if moment else {}
    if "sale_window" in cells:
        found |= _sale_window(cells["sale_window"], notes)
    number = found.get("un_number", "").upper().removeprefix("UN").strip()
    if number and not (len(number) == 4 and number.isascii() and number.isdigit()):
        notes.append(Note("DG_UN_FORMAT", found.pop("un_number")))
    return found


def _sale_window(raw: str, notes: list[Note]) -> dict[str, str]:
    begin, slash, end = raw.partition("/")
    seen: list[Note] = []
    first, last = read_moment(begin, "", seen), read_moment(end, "", seen)
    if seen or not slash or first >= last:
        notes.append(Note("SALE_WINDOW_INVALID", raw))
        return {}
    return {"sale_from": first, "sale_until": last}


def _extra(cells: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    kept: dict[str, str] = {}
    unknown: list[str] = []
    size = 0
    for key, text in cells.items():
        if key in CANONICAL or key.startswith(("title:", "description:", "facts:")):
            continue
        name = key.removeprefix("extra:")
        if name == key:
            unknown.append(key)
        value = tidy(text)
        size += len(name.encode("utf-8", "ignore")) + len(value.encode("utf-8", "ignore"))
        if size <= EXTRA_MAX:
            kept[tidy(name)[:80]] = value
    return kept, tuple(unknown)


def _doubt_chapter(offer: OfferDraft, notes: list[Note]) -> None:
    """Say when the chapter of a code contradicts what the goods are called."""
    if not offer.hs_code:
        return
    doubted = doubt_of(offer.hs_code, offer.titles.values(), offer.category)
    if doubted is not None and doubted.kind == "chapter":
        expected = ", ".join(doubted.chapters)
        notes.append(Note("HS_CHAPTER_MISMATCH", offer.hs_code, expected))


def _gaps(offer: OfferDraft, notes: list[Note]) -> tuple[str, ...]:
    blocked: set[str] = set()
    if not offer.brand:
        notes.append(Note("BRAND_MISSING"))
        blocked.add("m2c")
    if not offer.origin:
        notes.append(Note("ORIGIN_MISSING"))
    if not offer.hs_code:
        blocked.add("b2c_bonded")
    _doubt_chapter(offer, notes)
    if not offer.gross_grams:
        notes.append(Note("WEIGHT_MISSING"))
    if not offer.images:
        notes.append(Note("IMAGE_MISSING"))
    if "contains_battery" not in offer.facts:
        words = " ".join((*offer.titles.values(), offer.category))
        if _BATTERY.search(words):
            notes.append(Note("BATTERY_DECLARATION_MISSING", next(iter(offer.titles.values()))))
    return tuple(sorted(blocked))
