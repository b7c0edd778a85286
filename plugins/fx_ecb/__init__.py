"""Reference rates of the European Central Bank, daily and back to 1999, base EUR."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from core.pluginapi import (
    Capability,
    ConnectionReport,
    Context,
    FxSource,
    Health,
    HealthState,
    InvalidInput,
    Level,
    Manifest,
    Pair,
    PluginError,
    PluginScope,
    PluginSettings,
    Rate,
    RateTable,
    Setup,
    Text,
    Unavailable,
    Verdict,
    hookimpl,
    setting,
)
from core.shared.money import MoneyError, exponent
from plugins.fx_ecb.envelope import read

MANIFEST = Manifest(
    key="fx_ecb",
    name=Text("ECB reference rates", "欧洲央行参考汇率", "歐洲央行參考匯率"),
    version="1.0.0",
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
DAILY, RECENT, ALL = "eurofxref-daily.xml", "eurofxref-hist-90d.xml", "eurofxref-hist.xml"
RECENT_DAYS = 85
MAX_AGE = 5
"""Rates come out about 16:00 on TARGET days. The longest gap is Easter: Thursday's rate serves
until Tuesday afternoon, five days."""
DANISH = (Decimal("7.46038"), Decimal("0.0225"))
"""Central rate of the krone in ERM II, and the band around it."""


class Settings(PluginSettings):
    """Where the files are, and how long a rate may be used."""

    base_url: str = setting(
        "https://www.ecb.europa.eu/stats/eurofxref",
        label=Text("Address of the files", "文件地址", "檔案位址"),
        help=Text("Change it only to use a mirror", "仅在使用镜像时修改", "僅在使用鏡像時修改"),
        pattern=r"^https?://\S+$",
        max_length=400,
    )
    max_age_days: int = setting(
        MAX_AGE,
        label=Text("Days that a rate may be used", "汇率有效天数", "匯率有效天數"),
        help=Text(
            "Five days cover the longest holiday, Easter; an older rate refuses quotes",
            "五天可覆盖最长的复活节假期；更旧的汇率将拒绝报价",
            "五天可涵蓋最長的復活節假期；更舊的匯率將拒絕報價",
        ),
        ge=1,
        le=30,
    )


class EcbReferenceRates:
    """The daily file, or a history file when days are missing."""

    key = "fx_ecb"
    title = MANIFEST.name
    base = "EUR"

    def fetch_rates(self, ctx: Context, since: date | None) -> RateTable:
        """Return the days after ``since``, or the newest day alone."""
        settings: Settings = ctx.settings or Settings()
        name = _file_for(ctx.now.date(), since)
        reply = ctx.http.get(f"{settings.base_url.rstrip('/')}/{name}")
        if reply.status != 200:
            raise Unavailable(f"the ECB answered {reply.status} for {name}")
        age = timedelta(days=settings.max_age_days)
        days = read(reply.content)
        newest = max(days)
        wanted = [day for day in sorted(days) if since is None or day > since]
        rates = tuple(
            Rate(Pair("EUR", code), value, self.key, day, max_age=age)
            for day in (wanted if since is not None else [newest])
            for code, value in days[day].items()
            if _is_current(code)
        )
        ctx.cache.set("newest", newest.isoformat(), 30 * 86_400)
        return RateTable(self.key, rates)


def _is_current(code: str) -> bool:
    """The history holds currencies that are gone, such as ROL; nothing can be priced in them."""
    try:
        return exponent(code) >= 0
    except MoneyError:
        return False


def _file_for(today: date, since: date | None) -> str:
    if since is None or today - since <= timedelta(days=1):
        return DAILY
    return RECENT if today - since <= timedelta(days=RECENT_DAYS) else ALL


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Address and age."""
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
    try:
        table = EcbReferenceRates().fetch_rates(ctx, None)
    except (PluginError, InvalidInput) as error:
        return ConnectionReport(
            False,
            Text(f"Not reached: {error}", f"无法连接：{error}", f"無法連線：{error}"),
        )
    day = table.rates[0].as_of.isoformat()
    return ConnectionReport(
        True,
        Text(
            f"{len(table.rates)} rates of {day}",
            f"{day} 共 {len(table.rates)} 条汇率",
            f"{day} 共 {len(table.rates)} 筆匯率",
        ),
        {"day": day, "rates": str(len(table.rates))},
    )


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Say which day the newest rates are of."""
    stored = ctx.cache.get("newest")
    cure = Text(
        "Fetch rates: manage.py fx fetch fx_ecb",
        "请获取汇率：manage.py fx fetch fx_ecb",
        "請擷取匯率：manage.py fx fetch fx_ecb",
    )
    if not stored:
        text = Text("No rates fetched yet", "尚未获取汇率", "尚未擷取匯率")
        return [Health("newest_rates", HealthState.DEGRADED, text, cure)]
    limit = (ctx.settings or Settings()).max_age_days
    fresh = ctx.now.date() - date.fromisoformat(stored) <= timedelta(days=limit)
    text = Text(f"Newest rates: {stored}", f"最新汇率：{stored}", f"最新匯率：{stored}")
    if fresh:
        return [Health("newest_rates", HealthState.OK, text)]
    return [Health("newest_rates", HealthState.FAILED, text, cure)]
