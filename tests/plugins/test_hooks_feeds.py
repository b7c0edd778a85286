"""The dialects that come with the platform, asked as the intake asks them."""

from __future__ import annotations

import io

import pytest

from core.kernel import activation, providers
from core.kernel.errors import ProviderMissing
from core.pluginapi import FeedHead

pytestmark = pytest.mark.django_db
CSV = "sku,title,price,currency\nA1,Serum,12.90,EUR\n"


def head(text: str = CSV, *, name: str = "feed.csv") -> FeedHead:
    return FeedHead(text.encode(), text, name, "text/csv", "utf-8")


def test_hook_register_feed_dialects_hands_over_readers_that_know_their_own() -> None:
    known = {one.key: one.plugin for one in providers.dialects()}
    assert {"feed_native", "feed_google"} <= set(known.values())
    scores = {key: providers.dialect_sniff(None, key, head=head()) for key in known}
    best = max(scores, key=lambda key: scores[key])
    assert known[best] == "feed_native"
    (row,) = providers.dialect_rows(None, best, stream=io.BytesIO(CSV.encode()), head=head())
    assert (row.number, row.cells["sku"], row.cells["price"]) == (1, "A1", "12.90")


def test_a_dialect_that_is_off_reads_nothing() -> None:
    key = next(one.key for one in providers.dialects() if one.plugin == "feed_google")
    activation.disable("feed_google", None, actor="test")
    assert key not in {one.key for one in providers.dialects()}
    with pytest.raises(ProviderMissing):
        providers.dialect_sniff(None, key, head=head())
