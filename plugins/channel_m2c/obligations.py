"""What a brand must show before its goods are listed, and the bounds of its price."""

from __future__ import annotations

from collections.abc import Mapping

from core.pluginapi import Level, Money, MoneyError, ProductView, Text, Verdict
from core.shared.money import checked_decimal

PAPERS = {
    "supplier_kind": Text(
        "Only a company can sell as brand or manufacturer.",
        "只有企业可以作为品牌方或厂家销售。",
        "只有企業可以作為品牌方或原廠銷售。",
    ),
    "brand_not_authorised": Text(
        "The supplier shows no authorisation for the brand {brand}.",
        "供应商没有品牌「{brand}」的授权。",
        "供應商沒有品牌「{brand}」的授權。",
    ),
    "overseas_retail_licence_missing": Text(
        "The supplier's overseas retail licence is missing.",
        "缺少供应商的境外零售资质。",
        "缺少供應商的境外零售資質。",
    ),
    "origin_evidence_missing": Text(
        "The country of origin and its evidence (origin_evidence) are needed.",
        "须提供原产国及原产地证明(origin_evidence)。",
        "須提供原產國及原產地證明(origin_evidence)。",
    ),
    "local_return_address_missing": Text(
        "A return address in the buyer's country is missing.",
        "缺少买家所在国的退货地址。",
        "缺少買家所在國的退貨地址。",
    ),
}


def judge(product: ProductView) -> Verdict | None:
    """Return the worst of all that is wrong; ``data["missing"]`` names every code."""
    found = [*_papers(product), *_price_bounds(product)]
    if not found:
        return None
    worst = max(found, key=lambda verdict: verdict.level)
    codes = ",".join(verdict.code for verdict in found)
    return Verdict(worst.level, worst.code, worst.message, {**worst.data, "missing": codes})


def _papers(product: ProductView) -> list[Verdict]:
    supplier, offer = product.offer.supplier, product.offer
    has_evidence = _given(offer.facts, "origin_evidence") or _given(
        supplier.facts, "origin_evidence"
    )
    authorised = _authorised(product.item.brand, supplier.facts.get("authorised_brands", ""))
    shown = {
        "supplier_kind": supplier.kind == "company",
        "brand_not_authorised": authorised,
        "overseas_retail_licence_missing": _given(supplier.facts, "overseas_retail_licence"),
        "origin_evidence_missing": bool(product.item.origin) and has_evidence,
        "local_return_address_missing": _given(supplier.facts, "local_return_address"),
    }
    return [
        _deny(code, _filled(PAPERS[code], product.item.brand))
        for code, is_shown in shown.items()
        if not is_shown
    ]


def _filled(text: Text, brand: str) -> Text:
    return Text(*(part.replace("{brand}", brand) for part in (text.en, text.zh_hans, text.zh_hant)))


def _price_bounds(product: ProductView) -> list[Verdict]:
    price = product.offer.price
    floor = _bound(product, "price_floor")
    ceiling = _bound(product, "price_ceiling")
    if isinstance(floor, Verdict) or isinstance(ceiling, Verdict):
        return [bound for bound in (floor, ceiling) if isinstance(bound, Verdict)]
    if floor is not None and price < floor:
        return [
            _deny(
                "price_below_floor",
                Text(
                    f"The price {price} is below the brand's floor of {floor}.",
                    f"价格 {price} 低于品牌方最低价 {floor}。",
                    f"價格 {price} 低於品牌方最低價 {floor}。",
                ),
            )
        ]
    if ceiling is not None and ceiling < price:
        return [
            _deny(
                "price_above_ceiling",
                Text(
                    f"The price {price} is above the brand's ceiling of {ceiling}.",
                    f"价格 {price} 高于品牌方最高价 {ceiling}。",
                    f"價格 {price} 高於品牌方最高價 {ceiling}。",
                ),
            )
        ]
    return []


def _bound(product: ProductView, name: str) -> Money | Verdict | None:
    text = product.offer.facts.get(name, "").strip()
    if not text:
        return None
    try:
        return Money(checked_decimal(text), product.offer.price.currency)
    except MoneyError:
        return Verdict(
            Level.HOLD,
            f"{name}_unreadable",
            Text(
                f"{name} is not an amount: write it as 12.50, in the offer's currency.",
                f"{name} 不是金额：请以报价币种写成 12.50。",
                f"{name} 不是金額：請以報價幣種寫成 12.50。",
            ),
        )


def _authorised(brand: str, authorised: str) -> bool:
    names = {name.strip().casefold() for name in authorised.split(",") if name.strip()}
    return bool(brand.strip()) and brand.strip().casefold() in names


def _given(facts: Mapping[str, str], name: str) -> bool:
    return facts.get(name, "").strip().casefold() not in ("", "no", "false", "0")


def _deny(code: str, message: Text) -> Verdict:
    return Verdict(Level.DENY, code, message)
