"""Applies the rules to a batch of rows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.pluginapi import Action, Finding, OfferDraft, OfferPatch, Severity, Text
from plugins.feed_rules.lines import folded, read_aliases, read_required, read_words
from plugins.feed_rules.settings import Settings

WATCHED = "CH_WATCHED_WORD"
FACT_MISSING = "CH_FACT_MISSING"


def respell(rules: Settings, drafts: Sequence[OfferDraft]) -> Iterator[OfferPatch]:
    """Yield a patch for every brand that is written another way."""
    aliases = read_aliases(rules.brand_aliases)
    for index, draft in enumerate(drafts):
        right = aliases.get(folded(draft.brand)) if draft.brand else None
        if right and right != draft.brand:
            yield OfferPatch(index, {"brand": right}, f"{draft.brand} is written {right}")


def watch(rules: Settings, drafts: Sequence[OfferDraft]) -> Iterator[Finding]:
    """Yield a finding for every row with a watched word in a title: the row is held."""
    pattern = read_words(rules.watched_words)
    if pattern is None:
        return
    for index, draft in enumerate(drafts):
        for title in draft.titles.values():
            found = pattern.search(folded(title))
            if found:
                yield _watched(index, found[0])
                break


def want(rules: Settings, drafts: Sequence[OfferDraft]) -> Iterator[Finding]:
    """Yield a finding for every missing fact, with the channels that it keeps the row out of."""
    required = read_required(rules.required_facts)
    for index, draft in enumerate(drafts):
        for fact, places in required.items():
            if not draft.facts.get(fact, "").strip():
                yield _missing(index, fact, places)


def _watched(index: int, word: str) -> Finding:
    return Finding(
        WATCHED,
        Severity.WARNING,
        Action.ROW_HELD,
        index=index,
        attribute="title",
        value=word,
        message=Text(
            f"The title contains the watched word {word}; somebody will look at the row.",
            f"标题含有关注词“{word}”，该行待人工处理。",
            f"標題含有關注詞「{word}」，該列待人工處理。",
        ),
    )


def _missing(index: int, fact: str, places: tuple[str, ...]) -> Finding:
    where = ", ".join(places)
    return Finding(
        FACT_MISSING,
        Severity.WARNING,
        Action.NONE,
        index=index,
        attribute=f"facts:{fact}",
        expected=fact,
        blocked_for=places,
        message=Text(
            f"{fact} is missing; the item is not sold in {where}.",
            f"缺少 {fact}，该商品不会在 {where} 销售。",
            f"缺少 {fact}，該商品不會在 {where} 銷售。",
        ),
    )
