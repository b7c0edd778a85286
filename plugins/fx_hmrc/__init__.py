"""Monthly customs rates of HM Revenue & Customs: units of a currency for one pound, for a month.

Read: the monthly XML (``exchangeRateMonthList`` with its ``Period``) and the monthly CSV. A
currency is listed once for each country that uses it, and is taken once; entries that contradict
each other refuse the file. The XML was checked against a published file of July 2021, the CSV is
written from its description; the service was not called, so the names of its files are a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

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
    Purpose,
    Rate,
    Setup,
    Text,
    Unavailable,
    hookimpl,
    setting,
)
from core.pluginapi.fx_kit import (
    RateSource,
    address,
    connection_of,
    fetched_if_any,
    health_of,
    is_current,
)
from plugins.fx_hmrc.month import Month, read

MANIFEST = Manifest(
    key="fx_hmrc",
    name=Text("HMRC customs exchange rates", "英国税务海关总署汇率", "英國稅務海關總署匯率"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Monthly customs exchange rates of HM Revenue & Customs, in pounds",
        "英国税务海关总署每月海关汇率（英镑）",
        "英國稅務海關總署每月海關匯率（英鎊）",
    ),
    provides=(Capability.RATES,),
    scope=PluginScope.PLATFORM,
    needs_internet=True,
    author="Haitao",
    licence="Apache-2.0",
    docs="https://www.trade-tariff.service.gov.uk/exchange_rates",
)
DAY = timedelta(days=1)
FOUND_AT_ONCE, ASKED_AT_ONCE = 12, 18
"""Months of one call: what fits into its time."""


class Settings(PluginSettings):
    """Where the files are, and how they are called."""

    base_url: str = address("https://www.trade-tariff.service.gov.uk/api/v2/exchange_rates/files")
    file: str = setting(
        "monthly_xml_{year}-{month}.xml",
        label=Text("Name of a month's file", "每月文件名", "每月檔名"),
        help=Text(
            "{year} 2026, {month} 7, {mm} 07 and {yy} 26 are filled in; XML and CSV are read",
            "{year} 为 2026，{month} 为 7，{mm} 为 07，{yy} 为 26；可读取 XML 与 CSV",
            "{year} 為 2026，{month} 為 7，{mm} 為 07，{yy} 為 26；可讀取 XML 與 CSV",
        ),
        pattern=r"^([\w.-]|\{(year|month|mm|yy)\}){1,80}$",
    )


class HmrcMonthlyRates(RateSource):
    """One file a month, published in the month before; its rates hold on the days it states."""

    key = "fx_hmrc"
    title = MANIFEST.name
    base = "GBP"
    every = timedelta(hours=12)

    def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
        """Yield the months from the one after ``since`` on, or this month alone."""
        settings: Settings = ctx.settings or Settings()
        today = ctx.now.date()
        if since is None:
            month = self._month(ctx, settings, today.replace(day=1))
            if month is None:
                raise Unavailable("the rates of this month are not published")
            yield from self._rates(month)
            return
        found = asked = 0
        first = (since + DAY).replace(day=1)
        last = _after(today.replace(day=1))
        while first <= last and found < FOUND_AT_ONCE and asked < ASKED_AT_ONCE:
            month = self._month(ctx, settings, first)
            first, asked = _after(first), asked + 1
            if month:
                found += 1
                yield from self._rates(month)

    def _month(self, ctx: Context, settings: Settings, first: date) -> Month | None:
        """Return a month's rates, or None when they are not published."""
        name = settings.file.format(
            year=first.year, month=first.month, mm=f"{first:%m}", yy=f"{first:%y}"
        )
        content = fetched_if_any(ctx, f"{settings.base_url.rstrip('/')}/{name}")
        if content is None:
            return None
        month = read(content)
        if month.start.replace(day=1) != first:
            raise InvalidInput(
                f"the file of {first:%Y-%m} is for {month.start} to {month.end}", code="period"
            )
        return month

    def _rates(self, month: Month) -> Iterator[Rate]:
        for code, value in month.rates:
            if code != "GBP" and is_current(code):
                yield Rate(
                    pair=Pair("GBP", code),
                    value=value,
                    source=self.key,
                    as_of=month.start,
                    max_age=month.end - month.start,
                    purpose=Purpose.CUSTOMS,
                    valid_from=month.start,
                    valid_to=month.end,
                )


def _after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Address and age."""
    return Settings


@hookimpl
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over the source."""
    return [HmrcMonthlyRates()]


@hookimpl
def test_connection(ctx: Context) -> ConnectionReport:
    """Fetch the newest rates and read them."""
    return connection_of(HmrcMonthlyRates(), ctx)


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Say which day the newest rates are of."""
    return health_of(HmrcMonthlyRates(), ctx)
