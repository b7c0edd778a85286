"""Reference rates of the European Central Bank, daily and back to 1999, base EUR.

Read: the daily XML or the daily CSV in a zip, the XML of the last 90 days, and for older days the
CSV of the whole history in a zip. The formats were checked against published files; the bank's own
site was not called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from core.pluginapi import (
    Capability,
    ConnectionReport,
    Context,
    FxSource,
    Health,
    Level,
    Manifest,
    Pair,
    PluginScope,
    PluginSettings,
    Rate,
    Setup,
    Text,
    Verdict,
    hookimpl,
    setting,
)
from core.pluginapi.fx_kit import (
    RateSource,
    address,
    connection_of,
    fetched,
    health_of,
    is_current,
    usable_days,
)
from plugins.fx_ecb.documents import read

MANIFEST = Manifest(
    key="fx_ecb",
    name=Text("ECB reference rates", "欧洲央行参考汇率", "歐洲央行參考匯率"),
    version="1.1.0",
    api=">=1.0,<2",
    summary=Text(
        "Daily euro reference rates of the European Central Bank",
        "欧洲中央银行每日欧元参考汇率",
        "歐洲中央銀行每日歐元參考匯率",
    ),
    provides=(Capability.RATES,),
    scope=PluginScope.PLATFORM,
    needs_internet=True,
    author="Haitao",
    licence="Apache-2.0",
    docs="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/",
)
RECENT, ALL = "eurofxref-hist-90d.xml", "eurofxref-hist.zip"
RECENT_DAYS = 85
MAX_AGE = 5
"""Rates come out about 16:00 on TARGET days. The longest gap is Easter: Thursday's rate serves
until Tuesday afternoon, five days."""
DANISH = (Decimal("7.46038"), Decimal("0.0225"))
"""Central rate of the krone in ERM II, and the band around it."""


class Settings(PluginSettings):
    """Where the files are, which daily one is read, and how long a rate may be used."""

    base_url: str = address("https://www.ecb.europa.eu/stats/eurofxref")
    daily: str = setting(
        "eurofxref-daily.xml",
        label=Text("File of the day", "每日文件", "每日檔案"),
        help=Text(
            "eurofxref-daily.xml, or eurofxref.zip for the CSV",
            "eurofxref-daily.xml；CSV 则为 eurofxref.zip",
            "eurofxref-daily.xml；CSV 則為 eurofxref.zip",
        ),
        pattern=r"^[\w.-]{1,60}$",
    )
    max_age_days: int = usable_days(
        MAX_AGE,
        Text(
            "Five days cover the longest holiday, Easter; an older rate refuses quotes",
            "五天可覆盖最长的复活节假期；更旧的汇率将拒绝报价",
            "五天可涵蓋最長的復活節假期；更舊的匯率將拒絕報價",
        ),
    )


class EcbReferenceRates(RateSource):
    """The daily file, or a history file when days are missing."""

    key = "fx_ecb"
    title = MANIFEST.name
    base = "EUR"

    def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
        """Yield the days after ``since``, or the newest day alone."""
        settings: Settings = ctx.settings or Settings()
        name = _file_for(ctx.now.date(), since, settings.daily)
        days = read(fetched(ctx, f"{settings.base_url.rstrip('/')}/{name}"))
        age = timedelta(days=settings.max_age_days)
        begin = max(days) - timedelta(days=1) if since is None else since
        for day in sorted(day for day in days if day > begin):
            for code, value in days[day].items():
                if is_current(code):
                    yield Rate(Pair("EUR", code), value, self.key, day, max_age=age)


def _file_for(today: date, since: date | None, daily: str) -> str:
    if since is None or today - since <= timedelta(days=1):
        return daily
    return RECENT if today - since <= timedelta(days=RECENT_DAYS) else ALL


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Address, file and age."""
    return Settings


@hookimpl
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over the ECB."""
    return [EcbReferenceRates()]


@hookimpl
def check_rate(ctx: Context, new: Rate, last: Rate | None) -> Verdict | None:
    """Hold a Danish rate outside of its band: then the whole file is likely to be wrong."""
    central, band = DANISH
    if new.source != "fx_ecb" or new.pair != Pair("EUR", "DKK"):
        return None
    if abs(new.value - central) <= central * band:
        return None
    return Verdict(
        Level.HOLD,
        "erm_band",
        Text(
            "EUR/DKK is outside of its band; check the day's file",
            "EUR/DKK 超出汇率机制区间，请核对当日文件",
            "EUR/DKK 超出匯率機制區間，請核對當日檔案",
        ),
    )


@hookimpl
def test_connection(ctx: Context) -> ConnectionReport:
    """Fetch the daily file and read it."""
    return connection_of(EcbReferenceRates(), ctx)


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Say which day the newest rates are of."""
    return health_of(EcbReferenceRates(), ctx)
