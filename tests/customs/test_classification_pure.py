"""Codes, suggestions and plausibility: values in, values out."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pluginapi import HsCandidate, Text
from core.shared.nomenclature import names
from customs.classification.codes import (
    NATIONAL_LENGTHS,
    CodeRefused,
    agree,
    checked_code,
    lengths_of,
    stated_code,
)
from customs.classification.plausibility import doubt_of, evidence
from customs.classification.suggesting import (
    ELSEWHERE,
    SUPPLIER,
    Proposed,
    Suggestion,
    suggestions,
    sure_codes,
)

DEMO = Path(__file__).resolve().parents[2] / "core" / "conf" / "demo"


@pytest.mark.parametrize(
    ("raw", "jurisdiction", "code"),
    [
        ("6109.10.00", "CN", "61091000"),
        ("６１０９．１０", "CN", "610910"),
        ("0902 10 00 10", "EU", "0902100010"),
        ("6109100001 234"[:14], "CN", "6109100001234"),
        ("6109.10-000", "JP", "610910000"),
        ("6109101000", "KR", "6109101000"),
        ("61091000", "XX", "61091000"),
    ],
)
def test_a_code_is_read_and_kept_with_its_zeros(raw: str, jurisdiction: str, code: str) -> None:
    assert checked_code(raw, jurisdiction) == code


@pytest.mark.parametrize(
    ("raw", "jurisdiction"),
    [
        ("61091000", "JP"),
        ("610910000", "CN"),
        ("6109", "CN"),
        ("", "CN"),
        ("61091000000", "EU"),
        ("6109X0", "EU"),
        ("12345678901234", "XX"),
    ],
)
def test_a_code_of_another_length_is_refused_with_the_lengths(raw: str, jurisdiction: str) -> None:
    with pytest.raises(CodeRefused) as caught:
        checked_code(raw, jurisdiction)
    assert str(lengths_of(jurisdiction)[-1]) in caught.value.text.en
    assert len(set(caught.value.text.as_dict().values())) == 3


@given(st.text(max_size=20), st.sampled_from([*NATIONAL_LENGTHS, "XX"]))
def test_whatever_is_typed_is_a_code_of_the_tariff_or_refused(raw: str, jurisdiction: str) -> None:
    try:
        code = checked_code(raw, jurisdiction)
    except CodeRefused:
        return
    assert code.isascii()
    assert code.isdigit()
    assert len(code) in lengths_of(jurisdiction)
    assert checked_code(code, jurisdiction) == code


@pytest.mark.parametrize(
    ("stated", "jurisdiction", "counts"),
    [
        ("3304990039", "CN", "3304990039"),
        ("3304990039", "JP", "330499"),
        ("330499000", "JP", "330499000"),
        ("330499000", "CN", "330499"),
        ("330499", "EU", "330499"),
        ("3304", "EU", ""),
        ("", "EU", ""),
        ("no code", "EU", ""),
    ],
)
def test_digits_of_another_tariff_do_not_count(stated: str, jurisdiction: str, counts: str) -> None:
    assert stated_code(stated, jurisdiction) == counts


def test_codes_agree_when_one_goes_on_where_the_other_ends() -> None:
    assert agree("330499", "3304990039")
    assert agree("3304990039", "330499")
    assert not agree("33049900", "33049100")


def proposed(code: str, confidence: str = "0.3", jurisdiction: str = "WCO") -> Proposed:
    return Proposed("words", HsCandidate(code, jurisdiction, Decimal(confidence), Text("why")))


def test_people_come_before_suppliers_and_suppliers_before_plugins() -> None:
    found = suggestions(
        "CN",
        "61099000",
        [proposed("610910", "0.2"), proposed("6110.20", "0.4")],
        elsewhere=[("EU", "6205200000")],
    )
    assert [(one.code, one.source) for one in found] == [
        ("620520", ELSEWHERE),
        ("61099000", SUPPLIER),
        ("611020", "words"),
        ("610910", "words"),
    ]
    assert sure_codes(found) == ["620520"]
    assert all(len(set(one.reason.as_dict().values())) == 3 for one in found[:2])


def test_a_code_that_cannot_be_or_was_rejected_is_no_suggestion() -> None:
    given = [
        proposed("61"),
        proposed("610999"),
        proposed("61091000", jurisdiction="EU"),
        proposed("610910", "NaN"),
        proposed("650500"),
        proposed("640399"),
    ]
    found = suggestions("CN", "12", given, rejected=("650500",))
    assert [one.code for one in found] == ["640399"]


def test_confidence_is_kept_between_nothing_and_certainty() -> None:
    found = suggestions("CN", "", [proposed("610910", "9"), proposed("640399", "-1")])
    assert [str(one.confidence) for one in found] == ["1.000", "0.000"]
    stored = json.loads(json.dumps([one.as_json() for one in found]))
    assert [Suggestion.from_json(one).as_json() for one in stored] == stored


RIGHT = [
    ("Cotton T-shirt, white", "Apparel & Accessories > Clothing > Shirts & Tops", "610910"),
    ("白色纯棉T恤", "", "61091000"),
    ("Hydrating face cream 50 ml", "567", "33049900"),
    ("Velvet lipstick", "make_up", "330410"),
    ("Wooden toy train", "Toys & Games > Toys", "950300"),
    ("Leather ankle boots", "Shoes", "640391"),
    ("帆布鞋", "", "64041100"),
    ("True wireless earbuds", "Electronics > Audio", "851830"),
    ("Picture book about tea", "", "490300"),
    ("Gold ring with diamond", "Apparel & Accessories > Jewelry > Rings", "711319"),
    ("Coffee table, oak", "Furniture", "940360"),
    ("Camera bag", "", "420292"),
]
WRONG = [
    ("Cotton T-shirt, white", "Apparel & Accessories > Clothing > Shirts & Tops", "851713"),
    ("白色纯棉T恤", "", "85171300"),
    ("Hydrating face cream 50 ml", "567", "61091000"),
    ("Velvet lipstick", "make_up", "851762"),
    ("Wooden toy train", "Toys & Games > Toys", "330499"),
    ("Leather ankle boots", "Shoes", "851713"),
    ("帆布鞋", "", "33049900"),
    ("Smartphone 128 GB", "267", "610910"),
    ("Dark roast coffee beans", "food", "640399"),
    ("Stockpot", "Apparel & Accessories > Jewelry > Rings", "040900"),
]
SILENT = [
    ("Silicone case for smartphone", "", "392690"),
    ("Shoe cleaner 250 ml", "", "340510"),
    ("手机壳", "", "392690"),
    ("Perfect present for her", "", "851713"),
    ("Watch strap, leather", "", "420500"),
    ("水光", "", "330499"),
    ("", "", "330499"),
    ("Shoe polish", "Home & Garden", "340510"),
    ("Spare battery cover", "Electronics > Electronics Accessories", "392690"),
]


@pytest.mark.parametrize(("title", "category", "code"), [*RIGHT, *SILENT])
def test_a_code_that_may_be_right_is_not_doubted(title: str, category: str, code: str) -> None:
    assert doubt_of(code, [title], category) is None


@pytest.mark.parametrize(("title", "category", "code"), WRONG)
def test_a_wrong_chapter_is_doubted_with_both_chapters_names(
    title: str, category: str, code: str
) -> None:
    doubted = doubt_of(code, [title], category)
    assert doubted is not None
    assert doubted.kind == "chapter"
    assert code[:2] in doubted.message.en
    assert doubted.chapters[0] in doubted.message.en
    assert doubted.words[0] in doubted.message.zh_hans
    assert len(set(doubted.message.as_dict().values())) == 3


def test_a_sure_candidate_raises_and_settles_a_doubt() -> None:
    assert doubt_of("851713", ["Nameless thing"]) is None
    assert doubt_of("851713", ["Nameless thing"], sure=["610910"]) is not None
    assert doubt_of("851713", ["T-shirt"], sure=["851762"]) is None


def test_a_subheading_that_does_not_exist_is_doubted_and_one_of_an_unknown_chapter_is_not() -> None:
    doubted = doubt_of("8517120000", ["Smartphone"])
    assert doubted is not None
    assert doubted.kind == "unknown"
    assert doubt_of("98010000", [""]) is None


def demonstration() -> list[tuple[list[str], str, str]]:
    with (DEMO / "trader.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            ([row[f"title[{tongue}]"] for tongue in ("zh-Hans", "zh-Hant", "en")],
             row["category"], row["hs_code"])
            for row in csv.DictReader(file)
        ]  # fmt: skip
    for text in (DEMO / "shopper.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        rows.append(([row["title"]], row["category"], row["hs_code"]))
    return rows


def test_the_demonstration_raises_no_false_alarm_in_any_language() -> None:
    rows = demonstration()
    assert len(rows) > 80
    for titles, category, code in rows:
        for some in (titles, *([title] for title in titles)):
            assert doubt_of(code, some, category) is None, (some, category, code)
            assert doubt_of(code, some) is None, (some, code)


def test_the_names_of_the_nomenclature_raise_false_alarms_in_less_than_half_a_percent() -> None:
    codes = [code for code in names() if len(code) == 6 and code[:2] != "99"]
    alarms = [code for code in codes if doubt_of(code, [names()[code]])]
    assert len(alarms) < len(codes) * 0.005


def test_consumer_goods_are_known_by_name_and_wrong_chapters_are_caught(shared_dir: Path) -> None:
    """Labels of a tariff's consumer goods: no false alarm, and most wrong chapters are caught."""
    path = shared_dir / "customs" / "tariff_seed.csv"
    labels: dict[tuple[str, str], None] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for name in ("label_en", "label_zh"):
                labels[row["hs_code"][:6], row[name]] = None
    known = [(code, label) for code, label in labels if label]
    assert len(known) > 500
    false = [(code, label) for code, label in known if (found := doubt_of(code, [label]))
             and found.kind == "chapter"]  # fmt: skip
    assert false == []
    far = {code: "880220" if code < "50" else "020130" for code, _ in known}
    caught = [label for code, label in known if doubt_of(far[code], [label])]
    assert len(caught) > len(known) * 0.6


def test_real_feeds_categories_point_to_their_goods(shared_dir: Path) -> None:
    """Rings and necklaces of a real shop: their chapter is not doubted, another one is."""
    path = shared_dir / "feeds" / "shopify_export_ronne.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Product Category"]]
    assert len(rows) > 60
    for row in rows:
        titles, category = [row["Title"]], row["Product Category"]
        assert doubt_of("711311", titles, category) is None, row["Title"]
        assert doubt_of("020130", titles, category) is not None, row["Title"]


TRUE = {"Baterie": "850760", "Nabíječky": "850440", "Klávesnice": "847160", "Rámečky": "847330"}
"""The code of the goods of a real Czech shop, by a word of its own categories."""


def test_a_real_feed_in_another_language_raises_alarms_only_where_the_shop_errs(
    shared_dir: Path,
) -> None:
    """1,255 parts for computers: only frames that the shop filed under batteries are doubted."""
    text = (shared_dir / "feeds" / "gmc_rss_cs_importpc.xml").read_text(encoding="utf-8")
    wrong: Counter[str] = Counter()
    items = text.split("<item>")[1:]
    assert len(items) > 1000
    for item in items:
        title = item.partition("<title>")[2].partition("</title>")[0]
        own = item.partition("<g:product_type>")[2].partition("<")[0]
        google = item.partition("<g:google_product_category>")[2].partition("<")[0]
        (code,) = [code for word, code in TRUE.items() if word in own]
        assert doubt_of(code, [title], own) is None, title
        wrong[code] += doubt_of(code, [title], google) is not None
    assert wrong.total() == wrong["847330"] < len(items) * 0.02


def test_evidence_names_its_words() -> None:
    words = [one.word for one in evidence(["Running shoes and T-shirts 男鞋"], "Shoes")]
    assert words == ["shoes", "shoe", "t-shirt", "鞋"]
