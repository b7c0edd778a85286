"""Tables, JSON and XML as suppliers write them, well and badly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suppliers.models import StagedOffer
from tests.suppliers.conftest import Pushed, codes

pytestmark = pytest.mark.django_db
HEAD = "sku,title,price,currency,note"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_bom(push: Pushed, end: str, mark: str) -> None:
    lines = [HEAD, '010,"Two, words",1,EUR,"a', 'b ""c"""', "A2,T,2,EUR,"]
    feed = push(mark + end.join(lines))
    assert feed.summary["created"] == 2
    offer = StagedOffer.objects.get(sku="010")
    assert offer.titles == {"en": "Two, words"}
    assert codes(feed)["COLUMN_UNKNOWN"] == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(push: Pushed, delimiter: str) -> None:
    lines = [HEAD, "A1,Title,1.50,EUR,x"]
    feed = push("\n".join(lines).replace(",", delimiter))
    assert (feed.status, feed.summary["created"]) == ("done", 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
def test_the_same_rows_in_any_encoding_give_the_same_hashes(push: Pushed, encoding: str) -> None:
    body = "\n".join(
        ["sku,title,price,currency", *(f"A{n},保濕精華液面膜護膚保養,5,EUR" for n in range(40))]
    )
    push(body.encode())
    before = set(StagedOffer.objects.values_list("canonical_hash", flat=True))
    feed = push(body.encode(encoding), scope="again")
    assert feed.summary["created"] == 40, feed.encoding
    found = StagedOffer.objects.filter(scope="again").values_list("canonical_hash", flat=True)
    assert {bytes(value) for value in found} == {bytes(value) for value in before}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sku,price\nA1,1\n", "COLUMN_REQUIRED_MISSING"),
        ("sku,title,price,price\nA1,T,1,2\n", "COLUMN_DUPLICATE"),
        ('sku,title,price\nA1,"T,1\nA2,T,2\n', "ROW_UNCLOSED_QUOTE"),
        ("A1,1.00\n", "DATA_DIALECT_UNKNOWN"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "DATA_NOT_A_FEED"),
        ("", "DATA_EMPTY"),
        ("  \n", "DATA_EMPTY"),
        ("%PDF-1.7 …", "DATA_NOT_A_FEED"),
        (
            '{"sku":"A1","title":"T","price":"1","currency":"EUR"}\n{"sku":"A2","ti',
            "DATA_TRUNCATED",
        ),
        ('[{"sku":"A1","title":"T"}', "DATA_TRUNCATED"),
        ('<?xml version="1.0" encoding="utf-7"?><rss/>', "DATA_ENCODING"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"/>', "DATA_XML_ENTITY"),
        ("<a/><b/>", "DATA_DIALECT_UNKNOWN"),
    ],
)
def test_files_that_are_refused_say_why(push: Pushed, text: str, code: str) -> None:
    feed = push(text)
    assert (feed.status, feed.fault) == ("rejected", "supplier")
    assert codes(feed) == {code: 1}
    assert not StagedOffer.objects.exists()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("A1,T,1", "ROW_RAGGED"),
        ("A1,T,1,EUR,,x", "ROW_RAGGED"),
        (f"A1,{'x' * 200_000},1,EUR,", "ROW_TOO_LONG"),
        ("A1,a\x00b,1,EUR,", "ROW_NUL_BYTE"),
        ('A1,"T"x,1,EUR,', "ROW_UNCLOSED_QUOTE"),
    ],
)
def test_faulty_lines_cost_themselves_alone(push: Pushed, line: str, code: str) -> None:
    feed = push(f"{HEAD}\n{line}\nB2,T,2,EUR,\n")
    assert codes(feed)[code] == 1
    assert (feed.summary["rejected"], feed.summary["created"]) == (1, 1)
    assert feed.issues.get(code=code).line == 2
    assert feed.summary["balance_ok"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"sku":"A1","sku":"B2","title":"T","price":"1"}', "ROW_DUPLICATE_KEY"),
        ('{"sku":"A1","title":"\\ud800","price":"1","currency":"EUR"}', "ROW_BAD_CHARACTERS"),
        ('{"sku":"A1","title":"a\\u0000b","price":"1","currency":"EUR"}', "ROW_NUL_BYTE"),
        ('{"sku":"A1","title":"T","price":NaN,"currency":"EUR"}', "PRICE_NOT_FINITE"),
        ('{"sku":"A1","title":"T","price":1e400,"currency":"EUR"}', "PRICE_NOT_FINITE"),
        ('{"sku":"A1","title":"T","price":true,"currency":"EUR"}', "PRICE_FORMAT"),
        ('"feed"', "ROW_JSON_SYNTAX"),
        ("null", "ROW_JSON_SYNTAX"),
        ("[" * 5000 + "]" * 5000, "ROW_JSON_SYNTAX"),
    ],
)
def test_faulty_objects_cost_themselves_alone(push: Pushed, line: str, code: str) -> None:
    good = '{"sku":"G1","title":"T","price":19.90,"currency":"EUR"}'
    feed = push(f"{good}\n{line}\n")
    assert codes(feed)[code] == 1
    assert (feed.summary["rejected"], feed.summary["created"]) == (1, 1)
    assert str(StagedOffer.objects.get().price.amount) == "19.9000"


def test_array_of_objects_over_several_lines(push: Pushed) -> None:
    feed = push(
        '[\n {"sku":"A1","title":{"en":"T","zh-Hans":"标题"},\n  "price":{"amount":"5",'
        '"currency":"JPY"}},\n {"sku":"A2","title":"U","price":6,"currency":"jpy"}\n]\n'
    )
    assert feed.summary["created"] == 2
    assert StagedOffer.objects.get(sku="A1").titles == {"en": "T", "zh-Hans": "标题"}
    assert str(StagedOffer.objects.get(sku="A2").price.currency) == "JPY"


ATOM = """<?xml version="1.0" encoding="windows-1251"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0" xml:lang="ru">
<entry><g:id>007</g:id><title>Крем</title><g:price>1 990,50 RUB</g:price>
<g:availability>in stock</g:availability><link href="https://shop.example.org/7"/>
<g:image_link>https://img.example.org/7.jpg</g:image_link>
<g:shipping><g:country>RU</g:country><g:price>5 RUB</g:price></g:shipping></entry>
</feed>"""


def test_atom_in_cyrillic(push: Pushed) -> None:
    feed = push(ATOM.encode("cp1251"))
    assert (feed.dialect, feed.encoding, feed.status) == ("google.atom@1", "windows-1251", "done")
    offer = StagedOffer.objects.get()
    assert (offer.sku, offer.titles) == ("007", {"ru": "Крем"})
    assert (str(offer.price.amount), offer.availability) == ("1990.5000", "in_stock")
    assert offer.extra["shipping"] == "country=RU;price=5 RUB"


def rss(items: str) -> str:
    return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{items}</channel></rss>'


ITEM = "<item><g:id>{}</g:id><g:title>T</g:title><g:price>5 EUR</g:price></item>"


def test_xml_syntax_error_names_line_and_column(push: Pushed) -> None:
    feed = push(rss(ITEM.format(1) + "\n<item><g:id>2</g:ix></item>"))
    issue = feed.issues.get()
    assert (issue.code, issue.line) == ("DATA_XML_SYNTAX", 2)
    assert "column" in issue.locator


@pytest.mark.parametrize(
    "items",
    [
        "<x>" * 300 + "</x>" * 300,
        "<item><g:id>1</g:id><g:shipping>" + "<a>" * 100 + "</a>" * 100 + "</g:shipping></item>",
        "<item><g:a " + " ".join(f'k{n}="1"' for n in range(200)) + "><b/></g:a></item>",
    ],
)
def test_xml_too_deep_or_too_wide_is_refused(push: Pushed, items: str) -> None:
    assert codes(push(rss(items))) == {"DATA_XML_DEPTH": 1}


def test_entities_after_the_head_are_refused_and_never_resolved(push: Pushed) -> None:
    late = f"<!--{'x' * 70_000}--><!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    text = f'<?xml version="1.0"?>{late}' + rss(ITEM.format("1").replace("T<", "&a;<"))
    feed = push(text, dialect="google.rss")
    assert feed.status == "rejected"
    assert set(codes(feed)) <= {"DATA_XML_ENTITY", "DATA_XML_SYNTAX"}


def test_meta_catalogue_csv_is_read_as_google(push: Pushed, shared_dir) -> None:
    feed = push((shared_dir / "feeds" / "meta_catalog_nounattorunen.csv").read_bytes())
    assert feed.dialect == "google.csv@1"
    assert feed.summary["balance_ok"]
    assert StagedOffer.objects.filter(price_currency="JPY").count() == feed.summary["created"]


CELL = st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=0, max_size=6), max_size=12))
def test_every_row_has_one_outcome_whatever_the_cells(
    django_db_blocker, rows: list[list[str]]
) -> None:
    import csv
    import io
    import tempfile
    from pathlib import Path

    from suppliers.apply.checking import check_file

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["sku", "title", "price", "currency", "gtin", "origin"])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed.csv"
        path.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
        found = check_file(path)
    assert found["summary"]["balance_ok"]
    if found["status"] == "rejected":
        assert len(found["issues"]) == 1
