"""Which codes are suggested for an item, the best first, each with its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.pluginapi import HsCandidate, Text
from core.shared.nomenclature import SHORTEST, is_unknown
from customs.classification.codes import CodeRefused, checked_code, is_ruled_out, stated_code

SUPPLIER = "supplier"
ELSEWHERE = "elsewhere"
WORLD = "WCO"
"""The jurisdiction of a candidate whose six digits hold everywhere."""

KEPT = 8
SURE = Decimal("0.6")
"""A suggestion of this confidence counts as knowledge about the goods; weaker ones are guesses."""

_STATED = Text(
    "In the supplier's data, checked by nobody here",
    "来自供应商数据，尚未经人工核对",
    "來自供應商資料，尚未經人工核對",
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One code, who suggests it and why. ``confidence`` is None where nobody measured it."""

    code: str
    source: str
    reason: Text
    confidence: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the shape in which candidates are stored."""
        return {
            "code": self.code,
            "source": self.source,
            "reason": dict(self.reason.as_dict()),
            "confidence": None if self.confidence is None else f"{self.confidence:f}",
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Suggestion:
        """Read what :meth:`as_json` wrote."""
        given = stored["confidence"]
        return cls(
            stored["code"],
            stored["source"],
            Text.from_dict(stored["reason"]),
            None if given is None else Decimal(given),
        )


@dataclass(frozen=True, slots=True)
class Proposed:
    """A candidate with the plug-in that gave it."""

    plugin: str
    candidate: HsCandidate


def suggestions(
    jurisdiction: str,
    hs_code: str,
    proposed: Iterable[Proposed],
    *,
    elsewhere: Iterable[tuple[str, str]] = (),
    rejected: Sequence[str] = (),
) -> list[Suggestion]:
    """Return what speaks for which code, once per code, the best first.

    What a person confirmed in another destination comes first (its six digits hold everywhere),
    then the supplier's ``hs_code``, then plug-ins by confidence. Codes that cannot be, and those
    that a person rejected, are left out.
    """
    found = [_confirmed_elsewhere(*one) for one in elsewhere]
    if stated := stated_code(hs_code, jurisdiction):
        found.append(Suggestion(stated, SUPPLIER, _STATED))
    usable = [one for each in proposed if (one := _usable(jurisdiction, each))]
    found += sorted(usable, key=lambda one: -(one.confidence or 0))
    first: dict[str, Suggestion] = {}
    for one in found:
        if not is_ruled_out(one.code, rejected):
            first.setdefault(one.code, one)
    return list(first.values())[:KEPT]


def sure_codes(found: Iterable[Suggestion]) -> list[str]:
    """Return the codes that are known of the goods beside what the supplier states."""
    return [one.code for one in found if one.confidence is not None and one.confidence >= SURE]


def _confirmed_elsewhere(jurisdiction: str, code: str) -> Suggestion:
    reason = Text(
        f"Confirmed for {jurisdiction}; the first six digits hold everywhere",
        f"已为 {jurisdiction} 确认；前六位全球通用",
        f"已為 {jurisdiction} 確認；前六碼全球通用",
    )
    return Suggestion(code[:SHORTEST], ELSEWHERE, reason, Decimal(1))


def _usable(jurisdiction: str, proposed: Proposed) -> Suggestion | None:
    given = proposed.candidate
    if given.jurisdiction not in (jurisdiction, WORLD) or not given.confidence.is_finite():
        return None
    try:
        code = checked_code(given.code, jurisdiction)
    except CodeRefused:
        return None
    if given.jurisdiction == WORLD:
        code = code[:SHORTEST]
    if is_unknown(code):
        return None
    sure = min(max(given.confidence, Decimal(0)), Decimal(1)).quantize(Decimal("0.001"))
    return Suggestion(code, proposed.plugin, given.reason, sure)
