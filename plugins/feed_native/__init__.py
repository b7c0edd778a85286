"""Reads feeds in Haitao's own column names: JSON Lines, CSV and TSV."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    Capability,
    FeedDialect,
    Manifest,
    PluginScope,
    Setup,
    Text,
    hookimpl,
)
from plugins.feed_native.json_rows import NativeJson
from plugins.feed_native.tables import NativeTable

MANIFEST = Manifest(
    key="feed_native",
    name=Text("Native feeds", "原生数据源", "原生饋送"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Supplier feeds in Haitao's own column names: JSON Lines, CSV, TSV.",
        "使用 Haitao 列名的供应商数据源：JSON Lines、CSV、TSV。",
        "使用 Haitao 欄名的供應商饋送：JSON Lines、CSV、TSV。",
    ),
    provides=(Capability.FEED,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_feed_dialects(setup: Setup) -> Iterable[FeedDialect]:
    """Hand over the three native formats."""
    return [
        NativeJson(),
        NativeTable("native.csv", Text("Native CSV", "原生 CSV", "原生 CSV"), tabs=False),
        NativeTable("native.tsv", Text("Native TSV", "原生 TSV", "原生 TSV"), tabs=True),
    ]
