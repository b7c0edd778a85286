"""What a code may look like in a destination, and what of a supplier's code counts there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from core.pluginapi import Text
from core.shared.nomenclature import LONGEST, SHORTEST, digits_of

NATIONAL_LENGTHS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "AU": (8, 10),
        "BR": (8,),
        "CA": (8, 10),
        "CH": (8, 11),
        "CN": (8, 10, 13),
        "EU": (8, 10),
        "GB": (8, 10),
        "HK": (8,),
        "IN": (8,),
        "JP": (9,),
        "KR": (10,),
        "MX": (8, 10),
        "NO": (8,),
        "NZ": (8, 10),
        "SG": (8,),
        "TW": (8, 10, 11),
        "US": (8, 10),
    }
)
"""How many digits a tariff's own codes have; the six that all tariffs share may always stand alone.

Tariff lines, then statistical or declaration digits: CN adds two and three, CH and TW a key.
"""


class CodeRefused(ValueError):
    """A code that cannot be one there; ``text`` says what it would have to be."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def lengths_of(jurisdiction: str) -> tuple[int, ...]:
    """Return how many digits a code may have in a jurisdiction, the shared six first."""
    national = NATIONAL_LENGTHS.get(jurisdiction)
    return (SHORTEST, *national) if national else tuple(range(SHORTEST, LONGEST + 1))


def checked_code(raw: str, jurisdiction: str) -> str:
    """Return the digits of a code as people write it. Raises CodeRefused.

    A leading zero that was lost is not restored: which digit is missing cannot be known.
    """
    code = digits_of(raw)
    allowed = lengths_of(jurisdiction)
    if code is None or len(code) not in allowed:
        many = ", ".join(str(length) for length in allowed)
        raise CodeRefused(
            Text(
                f"A code in {jurisdiction} has {many} digits, leading zeros included.",
                f"{jurisdiction} 的商品编码须为 {many} 位数字（含前导零）。",
                f"{jurisdiction} 的稅則號別須為 {many} 位數字（含前導零）。",
            )
        )
    return code


def stated_code(raw: str, jurisdiction: str) -> str:
    """Return what counts in a jurisdiction of a code that a supplier stated, or nothing.

    Suppliers do not say whose code theirs is. It counts whole where its length is one that the
    tariff has; elsewhere the digits after the sixth are another tariff's, and only six count.
    """
    code = digits_of(raw)
    if code is None or len(code) < SHORTEST:
        return ""
    return code if len(code) in lengths_of(jurisdiction) else code[:SHORTEST]


def agree(one: str, other: str) -> bool:
    """Say whether two codes do not contradict each other: one begins with the other."""
    return one.startswith(other) or other.startswith(one)


def is_ruled_out(code: str, rejected: Iterable[str]) -> bool:
    """Say whether a code, or a shorter one that it begins with, was rejected."""
    return any(code.startswith(one) for one in rejected)
