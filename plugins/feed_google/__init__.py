"""Reads Google Merchant Center feeds: RSS 2.0, Atom 1.0, TSV and CSV (Meta's catalogue too)."""

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
from plugins.feed_google.tables import GoogleTable
from plugins.feed_google.xml_items import GoogleXml

MANIFEST = Manifest(
    key="feed_google",
    name=Text("Google feeds", "Google 数据源", "Google 饋送"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Google Merchant Center feeds: RSS, Atom, TSV and CSV; Meta's catalogue CSV as well.",
        "Google Merchant Center 数据源：RSS、Atom、TSV、CSV；也支持 Meta 目录 CSV。",
        "Google Merchant Center 饋送：RSS、Atom、TSV、CSV；也支援 Meta 目錄 CSV。",
    ),
    provides=(Capability.FEED,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_feed_dialects(setup: Setup) -> Iterable[FeedDialect]:
    """Hand over the four formats."""
    return [
        GoogleXml("google.rss", Text("Google RSS"), root="rss", item="item"),
        GoogleXml("google.atom", Text("Google Atom"), root="feed", item="entry"),
        GoogleTable("google.tsv", Text("Google TSV"), tabs=True),
        GoogleTable("google.csv", Text("Google CSV"), tabs=False),
    ]
