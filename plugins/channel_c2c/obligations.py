"""What a personal shopper must show before taking a task."""

from __future__ import annotations

from core.pluginapi import Level, ProductView, SupplierView, Text, Verdict

PAPERS = {
    "identity_verified": Verdict(
        Level.DENY,
        "shopper_identity_missing",
        Text(
            "The shopper's identity is not verified.",
            "买手身份尚未核验。",
            "買手身分尚未核驗。",
        ),
    ),
    "residence_proof": Verdict(
        Level.DENY,
        "shopper_residence_missing",
        Text(
            "The shopper's proof of residence abroad is missing.",
            "缺少买手的海外居住证明。",
            "缺少買手的海外居住證明。",
        ),
    ),
    "deposit_paid": Verdict(
        Level.DENY,
        "shopper_deposit_missing",
        Text(
            "The shopper has not paid the deposit.",
            "买手尚未缴纳保证金。",
            "買手尚未繳納保證金。",
        ),
    ),
}


def shopper_only(product: ProductView) -> Verdict | None:
    """Refuse an offer of anyone but a personal shopper."""
    if product.offer.supplier.kind == "shopper":
        return None
    return Verdict(
        Level.DENY,
        "supplier_kind",
        Text(
            "Only personal shoppers sell in this channel.",
            "此渠道只接受海外买手。",
            "此通路只接受海外買手。",
        ),
    )


def judge_shopper(shopper: SupplierView) -> Verdict | None:
    """Return the first missing paper; ``data["missing"]`` names every one."""
    missing = [
        verdict
        for fact, verdict in PAPERS.items()
        if shopper.facts.get(fact, "").strip().casefold() in ("", "no", "false", "0")
    ]
    if not missing:
        return None
    first = missing[0]
    codes = ",".join(verdict.code for verdict in missing)
    return Verdict(first.level, first.code, first.message, {"missing": codes})
