"""UPU S10 numbers: service indicator, eight digits, check digit, country of the issuing post."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.pluginapi import NumberFormat, Text
from core.shared.numbers import s10_check_digit
from plugins.carrier_s10.countries import COUNTRIES

PATTERN = r"[A-Z]{2}[0-9]{9}[A-Z]{2}"
_NUMBER = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})", re.ASCII)


class Service(NamedTuple):
    """A service by the first letter of its indicator; days to the same region and elsewhere."""

    name: Text
    near: tuple[int, int]
    far: tuple[int, int]


SERVICES = {
    "E": Service(Text("EMS", "EMS 特快专递", "EMS 國際快捷"), (3, 8), (5, 12)),
    "L": Service(Text("Tracked letter", "跟踪函件", "追蹤函件"), (7, 16), (10, 25)),
    "R": Service(Text("Registered letter", "挂号函件", "掛號函件"), (8, 20), (12, 35)),
    "V": Service(Text("Insured letter", "保价函件", "保價函件"), (8, 20), (12, 30)),
    "C": Service(Text("Parcel", "包裹", "包裹"), (7, 20), (12, 40)),
    "H": Service(Text("E-commerce parcel", "电商包裹", "電商包裹"), (6, 15), (8, 25)),
    "U": Service(Text("Letter without tracking", "平邮函件", "平信函件"), (8, 25), (15, 45)),
    "M": Service(Text("M bag", "印刷品专袋", "印刷品專袋"), (15, 45), (25, 90)),
}
"""International services. Other letters are for use inside a country or between two posts."""

_SAME_REGION = (
    frozenset({"CN", "HK", "MO", "TW", "JP", "KR", "SG"}),
    frozenset({"DE", "FR", "NL", "BE", "LU", "IT", "ES", "PT", "AT", "PL", "CZ", "DK", "SE", "IE"}),
    frozenset({"US", "CA", "MX"}),
    frozenset({"AU", "NZ"}),
)


class S10(NamedTuple):
    """A number taken apart; ``country`` issued it."""

    indicator: str
    serial: str
    check: int
    country: str

    @property
    def service(self) -> Service | None:
        """The international service, or None."""
        return SERVICES.get(self.indicator[0])


def read(number: str) -> S10 | None:
    """Take a folded number apart; None when its check digit or country is wrong."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return None
    parts = S10(match[1], match[2], int(match[3]), match[4])
    right = s10_check_digit(parts.serial) == parts.check and parts.country in COUNTRIES
    return parts if right else None


def is_s10(number: str) -> bool:
    """Say whether a folded number is an S10 number with the right check digit and a country."""
    return read(number) is not None


def is_near(origin: str, destination: str) -> bool:
    """Say whether two countries lie in one region of short ways."""
    return origin == destination or any({origin, destination} <= part for part in _SAME_REGION)


FORMAT = NumberFormat(
    key="s10", pattern=PATTERN, example="RR473124829JP", has_check_digit=True, check=is_s10
)
