"""When a postal parcel should arrive, and what its page should explain. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.pluginapi import EtaRange, Note, ParcelView, Status, Text
from core.shared.localtime import zone_of
from plugins.carrier_s10.numbers import S10, Service, is_near, read

AFTER_RELEASE = (2, 7)
RELEASED = frozenset(
    {"import_released", "handed_to_last_mile", "dest_hub_in", "dest_hub_out", "delivery_office"}
)
NOW = frozenset({Status.OUT_FOR_DELIVERY, Status.AVAILABLE_FOR_PICKUP})


def postal_number(parcel: ParcelView, carrier: str) -> S10 | None:
    """Return the parcel's first number of the posts, or None when they do not carry it."""
    numbers = (read(leg.number) for leg in parcel.legs if leg.carrier == carrier)
    return next((number for number in numbers if number), None)


def estimate(parcel: ParcelView, number: S10, now: datetime) -> EtaRange | None:
    """Return the days between which the parcel should arrive, in the destination's calendar.

    None where the service has no usual duration, or where the parcel is on its way back.
    """
    service = number.service
    if service is None or parcel.status in {Status.RETURNING, Status.EXCEPTION}:
        return None
    today = _day(now, parcel.destination)
    if parcel.status in NOW:
        return EtaRange(today, today + timedelta(2), _basis_now())
    released = _moment(parcel, RELEASED)
    if released:
        return _range(_day(released, parcel.destination), AFTER_RELEASE, today, _basis_released())
    start = _moment(parcel, None) or now
    near = is_near(parcel.origin or number.country, parcel.destination)
    days = service.near if near else service.far
    return _range(_day(start, parcel.destination), days, today, _basis(service, number, parcel))


def explain(parcel: ParcelView, number: S10) -> Iterator[Note]:
    """Yield what a buyer should know of the parcel's present state."""
    if not parcel.events:
        yield Note("s10_no_scan", _NO_SCAN, 20)
    if parcel.milestone in {"linehaul_departed", "export_released", "transit_country_out"}:
        yield Note("s10_in_the_air", _IN_THE_AIR, 30)
    if parcel.status is Status.CUSTOMS and parcel.milestone == "import_held":
        yield Note("s10_held", _HELD, 10)
    elif parcel.status is Status.CUSTOMS:
        yield Note("s10_customs", _CUSTOMS, 20)
    if number.indicator.startswith("U"):
        yield Note("s10_untracked", _UNTRACKED, 40)


def _moment(parcel: ParcelView, milestones: frozenset[str] | None) -> datetime | None:
    known = [
        event.at
        for event in parcel.events
        if event.at and (milestones is None or event.milestone in milestones)
    ]
    return min(known, default=None)


def _day(moment: datetime, country: str) -> date:
    zone = zone_of(country)
    return moment.astimezone(ZoneInfo(zone) if zone else UTC).date()


def _range(start: date, days: tuple[int, int], today: date, basis: Text) -> EtaRange:
    earliest = max(start + timedelta(days[0]), today)
    return EtaRange(earliest, max(start + timedelta(days[1]), earliest), basis)


def _basis(service: Service, number: S10, parcel: ParcelView) -> Text:
    way = f"{parcel.origin or number.country} → {parcel.destination}"
    return Text(
        f"Usual duration of {service.name.en}, {way}; not a promise",
        f"{service.name.zh_hans} {way} 的通常时效，仅供参考",
        f"{service.name.zh_hant} {way} 的通常時效，僅供參考",
    )


def _basis_released() -> Text:
    return Text(
        "Usual duration of delivery after clearance; not a promise",
        "清关后的通常派送时效，仅供参考",
        "清關後的通常派送時效，僅供參考",
    )


def _basis_now() -> Text:
    return Text("It is at the delivering post", "已在派送邮局", "已在派送郵局")


_NO_SCAN = Text(
    "Posts show a parcel after its first scan, often a day or two after it was handed in.",
    "邮政在首次扫描后才会显示轨迹，通常在交寄后一至两天。",
    "郵政在首次掃描後才會顯示軌跡，通常在交寄後一至兩天。",
)
_IN_THE_AIR = Text(
    "Between two countries posts report nothing, often for several days. Nothing needs to be done.",
    "跨境运输途中邮政不会更新轨迹，可能持续数天，无需操作。",
    "跨境運送途中郵政不會更新軌跡，可能持續數天，無需操作。",
)
_HELD = Text(
    "Customs or the post has stopped the parcel. If a letter or message asks for identity data, "
    "proof of purchase or duty, answer it soon: parcels that nobody answers for are sent back.",
    "海关或邮政已暂扣包裹。如收到要求提供实名信息、购买凭证或缴税的通知，请尽快处理，逾期将被退回。",
    "海關或郵政已暫扣包裹。如收到要求提供實名資訊、購買憑證或繳稅的通知，請儘快處理，逾期將被退回。",
)
_CUSTOMS = Text(
    "The parcel is with customs. Posts report nothing until it is released.",
    "包裹正在清关，放行前邮政不会更新轨迹。",
    "包裹正在清關，放行前郵政不會更新軌跡。",
)
_UNTRACKED = Text(
    "This number is of a letter without tracking: posts need not report its way.",
    "此单号为平邮函件，邮政不提供全程轨迹。",
    "此單號為平信函件，郵政不提供全程軌跡。",
)
