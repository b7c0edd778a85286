"""Central parity rates of the renminbi, of every trading day.

Read, by the setting ``layout``:

- ``trading_system``: JSON of the trading system's site. The day: ``{"data": {"lastDate":
  "2026-11-20 9:15"}, "records": [{"vrtEName": "100JPY/CNY", "price": "4.5012"}]}``. Several days:
  ``{"data": {"head": ["USD/CNY", "100JPY/CNY", "CNY/MYR"]}, "records": [{"date": "2026-11-20",
  "values": ["7.0876", "4.5012", "0.5840"]}]}``. A pair's name says direction and quantity.
- ``safe_table``: the CSV table of the foreign exchange administration: a column of days and one for
  each currency, by its Chinese name or its code; yuan for 100 units, or for the currencies of
  ``PER_100_YUAN`` units for 100 yuan.

Rates are kept as published: direction and quantity are stored, nothing is inverted. Both are
written from descriptions and were not checked against an original; no site was called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

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
    is_current,
    usable_days,
)
from plugins.fx_cn_parity.documents import Parity, read_day, read_days, read_table

MANIFEST = Manifest(
    key="fx_cn_parity",
    name=Text("Renminbi central parity", "人民币汇率中间价", "人民幣匯率中間價"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Central parity rates of the renminbi, the basis of China's customs rates",
        "人民币汇率中间价，海关计征汇率的依据",
        "人民幣匯率中間價，海關計徵匯率的依據",
    ),
    provides=(Capability.RATES,),
    scope=PluginScope.PLATFORM,
    needs_internet=True,
    author="Haitao",
    licence="Apache-2.0",
    docs="https://www.chinamoney.com.cn/english/bmkcpr/",
)
AT_ONCE = timedelta(days=90)
PAGE = "100"


class Settings(PluginSettings):
    """Which site is read and where, and how long a rate may be used."""

    base_url: str = address("https://www.chinamoney.com.cn")
    layout: Literal["trading_system", "safe_table"] = setting(
        "trading_system",
        label=Text("Format", "格式", "格式"),
        help=Text(
            "trading_system: JSON of the trading system; safe_table: CSV table, yuan for 100 units",
            "trading_system：外汇交易中心 JSON；safe_table：外汇局 CSV 表（每 100 外币）",
            "trading_system：外匯交易中心 JSON；safe_table：外匯局 CSV 表（每 100 外幣）",
        ),
    )
    day_path: str = setting(
        "/r/cms/www/chinamoney/data/fx/ccpr.json",
        label=Text("Path of the day's document", "当日数据路径", "當日資料路徑"),
        pattern=r"^/[\w./-]{1,200}$",
    )
    history_path: str = setting(
        "/ags/ms/cm-u-bk-ccpr/CcprHisNew",
        label=Text("Path of the history", "历史数据路径", "歷史資料路徑"),
        pattern=r"^/[\w./-]{1,200}$",
    )
    max_age_days: int = usable_days(
        11,
        Text(
            "Eleven days cover the Spring Festival with the weekends around it",
            "十一天可覆盖春节假期及前后周末",
            "十一天可涵蓋春節假期及前後週末",
        ),
    )


class CentralParity(RateSource):
    """The day's document, or a range of the history."""

    key = "fx_cn_parity"
    title = MANIFEST.name
    base = "CNY"
    every = timedelta(hours=3)

    def read(self, ctx: Context, since: date | None) -> Iterator[Rate]:
        """Yield the days after ``since``, some months at once, or the newest day alone."""
        settings: Settings = ctx.settings or Settings()
        age = timedelta(days=settings.max_age_days)
        found = self._document(ctx, settings, since)
        if since is None and found:
            newest = max(one.day for one in found)
            found = [one for one in found if one.day == newest]
        for one in sorted(found, key=lambda one: one.day):
            gone = not (is_current(one.base) and is_current(one.quote))
            if not gone and (since is None or one.day > since):
                pair = Pair(one.base, one.quote)
                yield Rate(pair, one.value, self.key, one.day, max_age=age, quantity=one.quantity)

    def _document(self, ctx: Context, settings: Settings, since: date | None) -> list[Parity]:
        root = settings.base_url.rstrip("/")
        if settings.layout == "safe_table":
            return read_table(fetched(ctx, root + settings.day_path))
        if since is None:
            return read_day(fetched(ctx, root + settings.day_path))
        asked = {
            "startDate": (since + timedelta(days=1)).isoformat(),
            "endDate": min(since + AT_ONCE, _china_today(ctx)).isoformat(),
            "pageNum": "1",
            "pageSize": PAGE,
        }
        return read_days(fetched(ctx, root + settings.history_path, asked))


def _china_today(ctx: Context) -> date:
    return (ctx.now + timedelta(hours=8)).date()


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Address and age."""
    return Settings


@hookimpl
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over the source."""
    return [CentralParity()]


@hookimpl
def test_connection(ctx: Context) -> ConnectionReport:
    """Fetch the newest rates and read them."""
    return connection_of(CentralParity(), ctx)


@hookimpl
def add_health(ctx: Context) -> Iterable[Health]:
    """Say which day the newest rates are of."""
    return health_of(CentralParity(), ctx)
