"""What the platform must have of an item before it sells it."""

from __future__ import annotations

from core.pluginapi import Level, ProductView, Text, Verdict

FILING_MISSING = Verdict(
    Level.DENY,
    "filing_missing",
    Text(
        "A bonded item needs its filing number with the bonded zone (filing_number).",
        "保税商品须有在保税区的备案号(filing_number)。",
        "保稅商品須有在保稅區的備案號(filing_number)。",
    ),
)
WAREHOUSE_MISSING = Verdict(
    Level.DENY,
    "warehouse_missing",
    Text(
        "A bonded item needs the warehouse that it is stored in (warehouse).",
        "保税商品须注明所在仓库(warehouse)。",
        "保稅商品須註明所在倉庫(warehouse)。",
    ),
)
STOCK_UNKNOWN = Verdict(
    Level.DENY,
    "warehouse_stock_missing",
    Text(
        "A bonded item is sold from stock: say how many pieces the warehouse holds.",
        "保税商品须有在库库存：请填写仓库现有件数。",
        "保稅商品須有在庫庫存：請填寫倉庫現有件數。",
    ),
)
INVOICE_MISSING = Verdict(
    Level.DENY,
    "purchase_invoice_missing",
    Text(
        "The platform's purchase invoice is missing (purchase_invoice).",
        "缺少平台的采购发票(purchase_invoice)。",
        "缺少平台的採購發票(purchase_invoice)。",
    ),
)
ORIGIN_MISSING = Verdict(
    Level.DENY,
    "origin_missing",
    Text(
        "The country of origin is missing (origin).",
        "缺少原产国(origin)。",
        "缺少原產國(origin)。",
    ),
)


def judge_bonded(product: ProductView) -> Verdict | None:
    """Judge a bonded item: filed, in a named warehouse, counted."""
    facts = product.offer.facts
    found: list[Verdict] = []
    if not facts.get("filing_number", "").strip():
        found.append(FILING_MISSING)
    if not facts.get("warehouse", "").strip():
        found.append(WAREHOUSE_MISSING)
    if not product.offer.available:
        found.append(STOCK_UNKNOWN)
    return _first(found)


def judge_direct(product: ProductView) -> Verdict | None:
    """Judge an item sent from abroad: invoiced, with its origin."""
    found: list[Verdict] = []
    if not product.offer.facts.get("purchase_invoice", "").strip():
        found.append(INVOICE_MISSING)
    if not product.item.origin:
        found.append(ORIGIN_MISSING)
    return _first(found)


def _first(found: list[Verdict]) -> Verdict | None:
    if not found:
        return None
    codes = ",".join(verdict.code for verdict in found)
    return Verdict(found[0].level, found[0].code, found[0].message, {"missing": codes})
