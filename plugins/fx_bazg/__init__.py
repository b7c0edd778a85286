"""Sale rates of the Swiss customs administration (BAZG), in francs, for the days that it states.

Read: the daily XML: ``datum`` (dd.mm.yyyy, the trading day), ``gueltigkeit`` (the days on which
the rates are valid), and for each ``devise`` its ``code``, ``waehrung`` with the quantity inside
(``100 JPY``) and ``kurs``. Written from the description of the format and not checked against an
original; the service was not called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from lxml import etree

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
    hookimpl,
    setting,
)
from core.pluginapi.fx_kit import (
    RateSource,
    address,
    connection_of,
    currency,
    fetched,
    fetched_if_any,
    health_of,
    is_current,
    named,
    number,
    text_of,
    written_day,
    xml_root,
)

MANIFEST = Manifest(
    key="fx_bazg",
    name=Text("Swiss customs exchange rates", "瑞士海关汇率", "瑞士海關匯率"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Daily customs exchange rates of the Swiss BAZG, in francs",
        "瑞士联邦海关每日汇率（瑞士法郎）",
        "瑞士聯邦海關每日匯率（瑞士法郎）",
    ),
    provides=(Capability.RATES,),
    scope=PluginScope.PLATFORM,
    needs_internet=True,
    author="Haitao",
    licence="Apache-2.0",
    docs="https://www.rates.bazg.admin.ch",
)
DAY = timedelta(days=1)
AT_ONCE = 25
"""Days that one call asks for, one document each."""

LONGEST = timedelta(days=14)
SATURDAY = 5
UNIT = re.compile(r"(1|10|100|1000) +([A-Z]{3})", re.ASCII)


class Settings(PluginSettings):
    """Where the service is, and by which parameter it is asked for a day."""

    base_url: str = address("https://www.backend-rates.bazg.admin.ch/api/xmldaily")
    day_parameter: str = setting(
        "d",
        label=Text("Parameter of the day", "日期参数名", "日期參數名"),
        help=Text("The day is sent as YYYYMMDD", "日期以 YYYYMMDD 传递", "日期以 YYYYMMDD 傳遞"),
        pattern=r"^\w{1,20}$",
    )


class Daily(NamedTuple):
    """One document: the trading day, the days of validity, and CHF for a quantity of each code."""

    traded: date
    start: date
    end: date
    rates: list[tuple[str, int, Decimal]]


class SwissCustoms(RateSource):
    """One document a bank day, valid on the next day, or over the weekend."""

    key = "fx_bazg"
    title = MANIFEST.name
    base = "CHF"

    def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
        """Yield the trading days after ``since``, some at once, or the newest document alone."""
        settings: Settings = ctx.settings or Settings()
        if since is None:
            yield from self._rates(read(fetched(ctx, settings.base_url)))
            return
        found, day, today = 0, since + DAY, ctx.now.date()
        while day <= today and found < AT_ONCE:
            daily = self._of(ctx, settings, day) if day.weekday() < SATURDAY else None
            if daily and daily.traded > since:
                found += 1
                yield from self._rates(daily)
            day += DAY
        if found < AT_ONCE:
            yield from self._rates(read(fetched(ctx, settings.base_url)))

    def _of(self, ctx: Context, settings: Settings, day: date) -> Daily | None:
        """Return the document for a day, None where there is none (a holiday).

        For a holiday some services answer with the day before: it is the same twice, and is taken
        once.
        """
        asked = {settings.day_parameter: f"{day:%Y%m%d}"}
        content = fetched_if_any(ctx, settings.base_url, asked)
        return read(content) if content is not None else None

    def _rates(self, daily: Daily) -> Iterator[Rate]:
        for code, quantity, value in daily.rates:
            if code != "CHF" and is_current(code):
                yield Rate(
                    pair=Pair(code, "CHF"),
                    value=value,
                    source=self.key,
                    as_of=daily.traded,
                    max_age=daily.end - daily.traded,
                    purpose=Purpose.CUSTOMS,
                    quantity=quantity,
                    valid_from=daily.start,
                    valid_to=daily.end,
                )


def read(content: bytes) -> Daily:
    """Return a document's rates. Raises InvalidInput when it is none of BAZG's. Pure."""
    root = xml_root(content)
    traded = written_day(text_of(root, "datum"))
    days = sorted(
        written_day(one) for one in re.split(r"[,;\s]+", text_of(root, "gueltigkeit")) if one
    )
    if not days or days[0] < traded or days[-1] - traded > LONGEST:
        raise InvalidInput("the days of validity are none", code="period")
    if days != [days[0] + DAY * number for number in range(len(days))]:
        raise InvalidInput("the days of validity have gaps", code="period")
    rates = [_rate(one.get("code", ""), one) for one in named(root, "devise")]
    if not rates:
        raise InvalidInput("the file holds no rates", code="no_rates")
    return Daily(traded, days[0], days[-1], rates)


def _rate(code: str, element: etree._Element) -> tuple[str, int, Decimal]:
    name = currency(code.upper())
    unit = UNIT.fullmatch(text_of(element, "waehrung"))
    if unit is None or unit.group(2) != name:
        raise InvalidInput(f"the unit of {name} cannot be read", code="unit")
    return name, int(unit.group(1)), number(text_of(element, "kurs"), name)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Address and age."""
    return Settings


@hookimpl
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over the source."""
    return [SwissCustoms()]


@hookimpl
def test_connection(ctx: Context) -> ConnectionReport:
    """Fetch the newest rates and read them."""
    return connection_of(SwissCustoms(), ctx)


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Say which day the newest rates are of."""
    return health_of(SwissCustoms(), ctx)
