"""Proposes HS codes by the words that a title shares with the names of the Harmonized System.

The plainest of all classifiers: it names the words that it went by, is never sure, and proposes
nothing where no telling word matches. English words only, as the names are English.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.pluginapi import (
    Capability,
    Context,
    HsCandidate,
    ItemFacts,
    Manifest,
    PluginScope,
    Text,
    hookimpl,
)
from core.shared.nomenclature import EDITION, chapter_name
from plugins.hs_words.matching import Match, matches

HIGHEST = Decimal("0.4")
"""Words alone never make sure: the same word names a material, a use and the goods themselves."""

MANIFEST = Manifest(
    key="hs_words",
    name=Text("HS codes by words", "按词匹配商品编码", "依詞比對稅則號別"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Proposes HS codes by the words that a title shares with the names of the Harmonized "
        "System. A person confirms.",
        "根据标题与协调制度英文名称的共同词语推荐商品编码，由人工确认。",
        "依標題與國際商品統一分類制度英文名稱的共同詞語推薦稅則號別，由人工確認。",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/classification.md",
)


@hookimpl
def add_hs_candidates(ctx: Context, item: ItemFacts) -> Iterable[HsCandidate]:
    """Propose the three subheadings whose names share most with title and category."""
    return [_candidate(match) for match in matches(item.title, item.category)]


def _candidate(match: Match) -> HsCandidate:
    confidence = (HIGHEST * Decimal(f"{match.share:.4f}")).quantize(Decimal("0.001"))
    return HsCandidate(match.code, "WCO", confidence, _reason(match))


def _reason(match: Match) -> Text:
    words, chapter = ", ".join(match.words), chapter_name(match.code[:2])
    return Text(
        f"Shares “{words}” with the name of {match.code} in {EDITION}",
        f"与 {EDITION} 中 {match.code}（{chapter.zh_hans}）的英文名称共有“{words}”",
        f"與 {EDITION} 中 {match.code}（{chapter.zh_hant}）的英文名稱共有「{words}」",
    )
