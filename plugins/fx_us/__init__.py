"""Reporting rates of the US Treasury: units of a currency for one US dollar, once a quarter.

Read: the JSON rows ``{"record_date", "country_currency_desc": "Canada-Dollar", "exchange_rate",
"effective_date"}``. Written from the description of the format and not checked against an original;
the service was not called.

The Treasury publishes them for reporting. US customs has quarterly rates of its own, in no
described format: by default these rates only display, and an operator may decide that they stand in
for customs (``use_for_customs``), or type the customs rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from core.pluginapi import (
    Capability,
    ConnectionReport,
    Context,
    FxSource,
    Health,
    Manifest,
    Pair,
    PluginScope,
    PluginSettings,
    Purpose,
    Rate,
    Setup,
    Text,
    hookimpl,
    setting,
)
from core.pluginapi.fx_kit import (
    RateSource,
    address,
    connection_of,
    fetched,
    health_of,
    iso_day,
    json_object,
    number,
    rows_of,
    usable_days,
)
from plugins.fx_us.names import CODES

MANIFEST = Manifest(
    key="fx_us",
    name=Text("US Treasury rates", "美国财政部汇率", "美國財政部匯率"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Quarterly reporting rates of exchange of the US Treasury, in dollars",
        "美国财政部季度申报汇率（美元）",
        "美國財政部季度申報匯率（美元）",
    ),
    provides=(Capability.RATES,),
    scope=PluginScope.PLATFORM,
    needs_internet=True,
    author="Haitao",
    licence="Apache-2.0",
    docs="https://fiscaldata.treasury.gov/datasets/treasury-reporting-rates-exchange/",
)
FIELDS = "record_date,country_currency_desc,exchange_rate,effective_date"
PAGE = 1000


class Settings(PluginSettings):
    """Where the service is, how long a rate may be used, and for what."""

    base_url: str = address(
        "https://api.fiscaldata.treasury.gov/services/api/fiscal_service/v1/accounting/od/"
        "rates_of_exchange"
    )
    use_for_customs: bool = setting(
        False,
        label=Text("Use for US customs too", "也用于美国海关", "也用於美國海關"),
        help=Text(
            "US customs has quarterly rates of its own; switch on only if you accept these instead",
            "美国海关有自己的季度汇率；仅在接受以此代替时启用",
            "美國海關有自己的季度匯率；僅在接受以此代替時啟用",
        ),
    )
    max_age_days: int = usable_days(
        120,
        Text(
            "A quarter, and a month in which the next one is published",
            "一个季度，外加下一季度公布所需的一个月",
            "一個季度，外加下一季度公布所需的一個月",
        ),
        longest=200,
    )


class TreasuryRates(RateSource):
    """The rows of the quarters after a day."""

    key = "fx_us"
    title = MANIFEST.name
    base = "USD"
    every = timedelta(days=1)

    def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
        """Yield the days after ``since``, a page at once, or the newest day alone."""
        settings: Settings = ctx.settings or Settings()
        asked = {"fields": FIELDS, "format": "json", "page[size]": str(PAGE)}
        if since is None:
            asked["sort"] = "-effective_date"
        else:
            asked |= {"sort": "effective_date", "filter": f"effective_date:gt:{since}"}
        rows = rows_of(json_object(fetched(ctx, settings.base_url, asked)), "data")
        for day, row in _whole_days(rows, newest=since is None):
            code = CODES.get(str(row.get("country_currency_desc", "")).strip().casefold())
            if code and (since is None or day > since):
                yield self._rate(settings, code, day, row)

    def _rate(self, settings: Settings, code: str, day: date, row: dict[str, Any]) -> Rate:
        return Rate(
            pair=Pair("USD", code),
            value=number(row.get("exchange_rate"), code),
            source=self.key,
            as_of=day,
            max_age=timedelta(days=settings.max_age_days),
            purpose=Purpose.CUSTOMS if settings.use_for_customs else Purpose.DISPLAY,
        )


def _whole_days(rows: list[dict[str, Any]], *, newest: bool) -> list[tuple[date, dict[str, Any]]]:
    """Return the rows by day; the last day of a full page may go on on the next, and waits."""
    dated = [(iso_day(row.get("effective_date")), row) for row in rows]
    days = sorted({day for day, _ in dated})
    if newest:
        days = days[-1:]
    elif len(rows) >= PAGE and len(days) > 1:
        days.pop()
    return sorted((one for one in dated if one[0] in days), key=lambda one: one[0])


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Address and age."""
    return Settings


@hookimpl
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over the source."""
    return [TreasuryRates()]


@hookimpl
def test_connection(ctx: Context) -> ConnectionReport:
    """Fetch the newest rates and read them."""
    return connection_of(TreasuryRates(), ctx)


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Say which day the newest rates are of."""
    return health_of(TreasuryRates(), ctx)
