"""Daily average rates of the Bank of Canada (Valet): Canadian dollars for one unit, base CAD.

Read: the JSON of a group of series, ``{"observations": [{"d": "2024-01-02", "FXUSDCAD": {"v":
"1.3316"}}]}``; a series is named FX, the currency, and CAD. Written from the description of the
format and not checked against an original; the service was not called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from core.pluginapi import (
    Capability,
    ConnectionReport,
    Context,
    FxSource,
    Health,
    InvalidInput,
    Manifest,
    Pair,
    PluginScope,
    PluginSettings,
    Rate,
    Setup,
    Text,
    hookimpl,
)
from core.pluginapi.fx_kit import (
    RateSource,
    address,
    connection_of,
    fetched,
    health_of,
    is_current,
    iso_day,
    json_object,
    number,
    rows_of,
    usable_days,
)

MANIFEST = Manifest(
    key="fx_boc_ca",
    name=Text("Bank of Canada rates", "加拿大央行汇率", "加拿大央行匯率"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Daily exchange rates of the Bank of Canada, in Canadian dollars",
        "加拿大央行每日汇率（加元）",
        "加拿大央行每日匯率（加元）",
    ),
    provides=(Capability.RATES,),
    scope=PluginScope.PLATFORM,
    needs_internet=True,
    author="Haitao",
    licence="Apache-2.0",
    docs="https://www.bankofcanada.ca/valet/docs",
)
GROUP = "FX_RATES_DAILY"
SERIES = re.compile(r"FX([A-Z]{3})([A-Z]{3})", re.ASCII)
AT_ONCE = timedelta(days=366)


class Settings(PluginSettings):
    """Where the service is, and how long a rate may be used."""

    base_url: str = address("https://www.bankofcanada.ca/valet")
    max_age_days: int = usable_days(
        5,
        Text(
            "Rates come out on business days at 16:30 Eastern time; five days cover Easter",
            "工作日美东时间 16:30 公布；五天可覆盖复活节假期",
            "工作日美東時間 16:30 公布；五天可涵蓋復活節假期",
        ),
    )


class BankOfCanada(RateSource):
    """The group of daily rates, for a range of days."""

    key = "fx_boc_ca"
    title = MANIFEST.name
    base = "CAD"

    def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
        """Yield the days after ``since``, a year at once, or the newest day alone."""
        settings: Settings = ctx.settings or Settings()
        url = f"{settings.base_url.rstrip('/')}/observations/group/{GROUP}/json"
        found = json_object(fetched(ctx, url, _range(ctx.now.date(), since)))
        rows = {iso_day(row.get("d")): row for row in rows_of(found, "observations")}
        if since is None and rows:
            rows = {max(rows): rows[max(rows)]}
        age = timedelta(days=settings.max_age_days)
        for day, row in sorted(rows.items()):
            if since is None or day > since:
                yield from (self._rate(name, cell, day, age) for name, cell in _cells(row))

    def _rate(self, name: str, cell: Any, day: date, age: timedelta) -> Rate:
        match = SERIES.fullmatch(name)
        if not match or "CAD" not in match.groups() or not isinstance(cell, dict):
            raise InvalidInput(f"{name[:40]!r} is not a series of rates", code="series")
        pair = Pair(*match.groups())
        return Rate(pair, number(cell.get("v"), name), self.key, day, max_age=age)


def _cells(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the series with a value; currencies that are gone and days without one are left out."""
    for name, cell in row.items():
        empty = isinstance(cell, dict) and cell.get("v") in (None, "")
        gone = (match := SERIES.fullmatch(name)) and not all(map(is_current, match.groups()))
        if name != "d" and not empty and not gone:
            yield name, cell


def _range(today: date, since: date | None) -> dict[str, str]:
    if since is None:
        return {"recent": "1"}
    start = since + timedelta(days=1)
    return {"start_date": start.isoformat(), "end_date": min(today, since + AT_ONCE).isoformat()}


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Address and age."""
    return Settings


@hookimpl
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over the source."""
    return [BankOfCanada()]


@hookimpl
def test_connection(ctx: Context) -> ConnectionReport:
    """Fetch the newest rates and read them."""
    return connection_of(BankOfCanada(), ctx)


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Say which day the newest rates are of."""
    return health_of(BankOfCanada(), ctx)
