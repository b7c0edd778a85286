"""Every format on the real samples, and on small files that are damaged in one way."""

from __future__ import annotations

import gzip
import json
import random
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from customs.tariff import opening
from customs.tariff.cells import cell
from customs.tariff.facts import Change, Fact, Finding, Passed, Said, Scope, TariffRefused, shortest
from customs.tariff.formats import FORMATS
from customs.tariff.measures import Component, duty_text, kind_of
from customs.tariff.reading import gather
from tests.customs.tariff_files import generic, hts, table

PLUM = "uk_commodity_0809400500.json"
HTS_FILE = "us_hts_sample.csv"


@pytest.fixture(scope="session")
def samples(shared_dir: Path) -> Path:
    """The folder of original files."""
    return shared_dir / "customs" / "samples"


def read(form: str, path: Path) -> list[Said]:
    with opening.opened(path) as stream:
        return list(FORMATS[form].read(stream))


def read_bytes(form: str, content: bytes, folder: Path) -> list[Said]:
    file = folder / "tariff"
    file.write_bytes(content)
    return read(form, file)


def facts(said: list[Said]) -> dict[tuple[str, str], str]:
    return {(one.code, one.kind): one.text for one in said if isinstance(one, Fact)}


def findings(said: list[Said]) -> list[Finding]:
    return [one for one in said if isinstance(one, Finding)]


def test_the_original_hts_is_read_row_by_row(samples: Path) -> None:
    said = read("usitc-csv", samples / HTS_FILE)
    found = facts(said)
    assert found["610910", "duty"] == "16.5%"
    assert found["610910", "column2"] == "90%"
    assert found["610910", "special"].startswith("Free (AU,BH,CL")
    assert found["04061008", "duty"] == "$1.509/kg"
    assert found["91051940", "duty"] == "15¢ each + 6.4%"
    assert not any(code.startswith(("98", "99")) for code, _ in found)
    assert findings(said) == []
    passed = Counter(one.why for one in said if isinstance(one, Passed))
    assert passed["chapters 98 and 99 hold no codes of goods"] == 81
    assert sum(kind == "duty" for _, kind in found) == 392


def test_a_statistical_line_inherits_and_its_parent_does_not(tmp_path: Path) -> None:
    said = read_bytes("usitc-csv", hts(
        ("6109", 0, ""), ("6109.10.00", 1, "16.5%"), ("6109.10.00.04", 2, ""),
        ("6109.90", 1, ""), ("6109.90.10", 2, "32%"),
    ), tmp_path)  # fmt: skip
    assert facts(said) == {("610910", "duty"): "16.5%", ("61099010", "duty"): "32%"}


def test_a_rate_of_a_row_without_number_goes_down_by_indent_only(tmp_path: Path) -> None:
    said = read_bytes("usitc-csv", hts(
        ("8501", 0, ""), ("", 1, "4%"), ("8501.10.20", 2, ""), ("8501.10.40", 2, "2.8%"),
        ("8501.20.10", 1, ""),
    ), tmp_path)  # fmt: skip
    assert facts(said) == {("85011020", "duty"): "4%", ("85011040", "duty"): "2.8%"}
    (unknown,) = findings(said)
    assert (unknown.code, unknown.harm) == ("85012010", False)
    assert unknown.action == "left unknown"


def test_what_a_row_says_of_chapter_99_stays_as_a_note(tmp_path: Path) -> None:
    said = read_bytes("usitc-csv", hts(
        ("7318.15", 0, "8.5%"), ("7318.15.20", 1, "", "See 9903.81.91 and 9903.88.03"),
    ), tmp_path)  # fmt: skip
    notes = {one.code: one.notes for one in said if isinstance(one, Fact)}
    assert "additional" not in notes["731815"]
    assert notes["73181520"]["additional"] == "9903.81.91, 9903.88.03"


def test_the_json_of_the_hts_says_the_same(tmp_path: Path) -> None:
    rows = [
        {"htsno": "6109", "indent": "0", "description": "T-shirts:", "superior": "true",
         "units": [], "general": "", "special": "", "other": "", "footnotes": None},
        {"htsno": "6109.10.00", "indent": 1, "description": "Of cotton", "superior": None,
         "units": ["doz."], "general": "16.5%", "special": "Free (AU)", "other": "90%",
         "footnotes": [{"columns": ["general"], "value": "See 9903.88.15."}]},
        {"htsno": "6109.10.00.04", "indent": 2, "general": "", "special": "", "other": ""},
    ]  # fmt: skip
    said = read_bytes("usitc-json", json.dumps(rows).encode(), tmp_path)
    assert facts(said) == {
        ("610910", "duty"): "16.5%", ("610910", "special"): "Free (AU)",
        ("610910", "column2"): "90%",
    }  # fmt: skip
    first = next(one for one in said if isinstance(one, Fact))
    assert first.notes == {"additional": "9903.88.15", "unit": "doz."}


def test_a_long_json_list_is_read_over_the_edges_of_its_blocks(tmp_path: Path) -> None:
    rows = [
        {"htsno": f"{number:08}", "indent": 0, "general": f"{number % 90}.5%", "special": "",
         "other": "", "description": "x" * 300}
        for number in range(10_000_011, 10_003_011)
    ]  # fmt: skip
    found = facts(read_bytes("usitc-json", json.dumps(rows).encode(), tmp_path))
    assert len(found) == 3000
    assert found["10000011", "duty"] == f"{10_000_011 % 90}.5%"


def test_the_original_comparison_list_names_its_damaged_rows(samples: Path) -> None:
    said = read("uk-comparison", samples / "uk_global_tariff_2021_sample.csv")
    british = facts(said)
    european = facts(read("uk-comparison-eu", samples / "uk_global_tariff_2021_sample.csv"))
    assert british["04061030", "duty"] == "154.00 GBP/100kg"
    assert european["04061030", "duty"] == "185.20 EUR / 100 kg"
    damaged = [one for one in findings(said) if one.harm]
    assert [one.row for one in damaged] == [110, 112, 116, 163, 703, 710]
    assert not any(text.startswith(" ") for text in british.values())


def test_the_original_commodity_keeps_its_entry_price_whole(samples: Path) -> None:
    said = read("uk-json", samples / PLUM)
    found = facts(said)
    assert Scope("08094005") in said
    assert found["08094005", "duty"].startswith("by entry price: 14.4 % from 52.6 EUR / DTN; ")
    assert found["08094005", "vat:VATZ"] == "0.00 %"
    assert found["08094005", "preference:SG"] == "4.20 %"
    season = next(one for one in said if isinstance(one, Fact) and one.kind == "duty")
    assert (str(season.valid_from), str(season.valid_to)) == ("2021-06-01", "2021-09-30")
    # Type 103 of series B is a certificate there, not the ordinary duty.
    assert len([one for one in said if isinstance(one, Fact) and one.kind == "duty"]) == 1


def test_an_answer_of_the_api_is_resolved_by_its_references(tmp_path: Path) -> None:
    answer = {
        "data": {"id": "1", "type": "commodity",
                 "attributes": {"goods_nomenclature_item_id": "6109100010"},
                 "relationships": {"import_measures": {"data": [{"id": "7", "type": "measure"}]}}},
        "included": [
            {"id": "7", "type": "measure",
             "attributes": {"effective_start_date": "2021-01-01T00:00:00.000Z"},
             "relationships": {
                 "measure_type": {"data": {"id": "103", "type": "measure_type"}},
                 "geographical_area": {"data": {"id": "1011", "type": "geographical_area"}},
                 "duty_expression": {"data": {"id": "7-x", "type": "duty_expression"}},
                 "additional_code": {"data": None}}},
            {"id": "7-x", "type": "duty_expression", "attributes": {"base": "12.00 %"}},
        ],
    }  # fmt: skip
    said = read_bytes("uk-json", json.dumps(answer).encode(), tmp_path)
    assert facts(said) == {("6109100010", "duty"): "12.00 %"}


def test_a_table_of_measures_is_read_by_kind(tmp_path: Path) -> None:
    header = ("commodity__code", "measure__type__id", "geographical_area__id", "duty_rate",
              "validity_start_date", "validity_end_date", "additional_code__code")  # fmt: skip
    said = read_bytes("uk-csv", table(header, [
        ("6109100000", "103", "1011", "12.00%", "2021-01-01", "", ""),
        ("0809000000", "112", "1011", "0.00%", "2026-01-01", "2026-06-30", ""),
        ("6109100010", "142", "KR", "0.00%", "2021-01-01", "", ""),
        ("6109100010", "305", "1011", "0.00%", "2021-01-01", "", "VATZ"),
        ("6109100010", "711", "1011", "", "2021-01-01", "", ""),
        ("61O9", "103", "1011", "1%", "2021-01-01", "", ""),
        ("6109100010", "552", "CN", "20%", "soon", "", ""),
    ]), tmp_path)  # fmt: skip
    assert facts(said) == {
        ("610910", "duty"): "12.00%", ("0809", "suspension"): "0.00%",
        ("6109100010", "preference:KR"): "0.00%", ("6109100010", "vat:VATZ"): "0.00%",
    }  # fmt: skip
    assert [one.row for one in findings(said)] == [7, 8]


def test_a_suspension_with_conditions_takes_the_place_of_nothing(tmp_path: Path) -> None:
    header = ("commodity__code", "measure__type__id", "geographical_area__id", "duty_rate",
              "validity_start_date", "measure__conditions")  # fmt: skip
    said = read_bytes("uk-csv", table(header, [
        ("6109100000", "112", "1011", "0.00%", "2026-01-01", "certificate C990"),
    ]), tmp_path)  # fmt: skip
    assert facts(said) == {("610910", "suspension_end_use:112"): "0.00%"}
    condition = ("<oub:measure.condition><oub:measure.sid>1</oub:measure.sid>"
                 "</oub:measure.condition>")  # fmt: skip
    (change,) = (one for one in read_bytes("eu-taric3", transmission(
        record("430", "00", "3", measure("1", kind="112")),
        record("430", "05", "3", component("1", "01", "0")),
        record("430", "10", "3", condition),
    ), tmp_path) if isinstance(one, Change))  # fmt: skip
    assert change.fact is not None
    assert change.fact.kind == "suspension_end_use:112"


def test_the_original_transmission_comes_to_nothing(samples: Path) -> None:
    said = read("eu-taric3", samples / "taric3_measure_sample.xml")
    assert said == [Passed("a measure that comes and goes")]


def record(code: str, subrecord: str, update: str, body: str) -> str:
    return (
        f"<oub:record><oub:record.code>{code}</oub:record.code>"
        f"<oub:subrecord.code>{subrecord}</oub:subrecord.code>"
        f"<oub:update.type>{update}</oub:update.type>{body}</oub:record>"
    )


def transmission(*records: str) -> bytes:
    spaces = 'xmlns:env="urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0" xmlns:oub="urn:x"'
    held = "".join(f"<env:transaction>{one}</env:transaction>" for one in records)
    return f"<env:envelope {spaces}>{held}</env:envelope>".encode()


def measure(sid: str, *, kind: str = "103", end: str = "") -> str:
    last = f"<oub:validity.end.date>{end}</oub:validity.end.date>" if end else ""
    return (
        f"<oub:measure><oub:measure.sid>{sid}</oub:measure.sid>"
        f"<oub:measure.type>{kind}</oub:measure.type>"
        "<oub:geographical.area>1011</oub:geographical.area>"
        "<oub:goods.nomenclature.item.id>6109100000</oub:goods.nomenclature.item.id>"
        f"<oub:validity.start.date>2026-07-01</oub:validity.start.date>{last}</oub:measure>"
    )


def component(sid: str, number: str, amount: str, money: str = "", unit: str = "") -> str:
    return (
        f"<oub:measure.component><oub:measure.sid>{sid}</oub:measure.sid>"
        f"<oub:duty.expression.id>{number}</oub:duty.expression.id>"
        f"<oub:duty.amount>{amount}</oub:duty.amount>"
        f"<oub:monetary.unit.code>{money}</oub:monetary.unit.code>"
        f"<oub:measurement.unit.code>{unit}</oub:measurement.unit.code></oub:measure.component>"
    )


def test_a_measure_and_its_components_are_put_together(tmp_path: Path) -> None:
    said = read_bytes("eu-taric3", transmission(
        record("430", "00", "3", measure("1")),
        record("430", "05", "3", component("1", "04", "24.600", "EUR", "DTN")),
        record("430", "05", "3", component("1", "01", "6.400")),
        record("430", "00", "1", measure("2", end="2026-12-31")),
        record("430", "00", "2", measure("3")),
        record("430", "05", "3", component("4", "01", "1")),
        record("400", "00", "3", ""),
    ), tmp_path)  # fmt: skip
    changes = {one.measure: one for one in said if isinstance(one, Change)}
    assert changes["1"].fact is not None
    assert changes["1"].fact.text == "6.4 % + 24.6 EUR / DTN"
    assert changes["1"].fact.code == "610910"
    assert (changes["2"].restated, changes["3"].fact) == (False, None)
    (orphan,) = findings(said)
    assert orphan.harm
    assert "measure 4" in orphan.problem


def test_the_original_daily_extract_is_read(samples: Path) -> None:
    said = read("uk-cds", samples / "uk_cds_daily_extract_sample.xml")
    (change,) = (one for one in said if isinstance(one, Change))
    assert (change.measure, change.restated) == ("-1012552090", False)
    assert change.fact is not None
    assert (change.fact.code, change.fact.kind) == ("8424100010", "vat:VATZ")
    assert str(change.fact.valid_to) == "2025-03-25"


@pytest.mark.parametrize(
    ("components", "text"),
    [([("01", "9.000"), ("12", ""), ("17", "18.700"), ("21", "")], "9 % + EA MAX 18.7 % + AD S/Z"),
     ([("01", "0.000")], "0 %"), ([("37", "")], "NIHIL"), ([("99", "")], ""),
     ([("77", "3")], "[duty expression 77: 3  ]")],
)  # fmt: skip
def test_components_are_written_in_their_order(
    components: list[tuple[str, str]], text: str
) -> None:
    assert duty_text(Component(*one) for one in reversed(components)) == text


@pytest.mark.parametrize(
    ("given", "kind"),
    [(("103", "1011"), "duty"), (("112", "1011"), "suspension"), (("305", "1400"), "vat"),
     (("142", "KR"), "preference:KR"), (("552", "CN"), "defence:552:CN"), (("711", "1011"), ""),
     (("103", "2000"), "duty:2000")],
)  # fmt: skip
def test_only_the_rate_for_everybody_is_the_ordinary_one(given: tuple[str, str], kind: str) -> None:
    assert kind_of(*given) == kind


def test_a_generic_table_keeps_source_and_confidence(tmp_path: Path) -> None:
    said = read_bytes("generic-csv", generic(
        {"code": "610910", "duty": "12", "vat": "20", "confidence": "medium"},
        {"code": "6109", "duty": "twelve"},
        {"code": "220820", "duty": "5", "expression": "EUR 1 / l + 5%"},
    ), tmp_path)  # fmt: skip
    assert facts(said) == {
        ("610910", "duty"): "12%", ("610910", "vat"): "20", ("220820", "duty"): "EUR 1 / l + 5%",
    }  # fmt: skip
    first = next(one for one in said if isinstance(one, Fact))
    assert (first.source, first.confidence) == ("the gazette", "medium")
    (faulty,) = findings(said)
    assert (faulty.row, faulty.harm) == (3, True)
    assert faulty.problem.startswith("duty: ")


@pytest.mark.parametrize(
    ("filled", "short"),
    [("8517130000", "851713"), ("0809000000", "0809"), ("0800000000", "08"),
     ("6109100010", "6109100010"), ("04061030", "04061030"), ("2000", "20")],
)  # fmt: skip
def test_zeros_that_fill_a_code_up_are_no_part_of_it(filled: str, short: str) -> None:
    assert shortest(filled) == short


WHOLE = hts(("6109.10.00", 0, "16.5%"), ("6109.90.10", 0, "32%"))
DTD = b'<!DOCTYPE x [<!ENTITY a "a">]>' + transmission(record("430", "00", "3", measure("&a;")))


@pytest.mark.parametrize(
    ("form", "content", "said"),
    [
        ("usitc-csv", WHOLE[:-20], "ends inside row 3"),
        ("usitc-csv", WHOLE[:-3] + b',"x\n', "row 3 never ends"),
        ("usitc-csv", WHOLE.replace(b"General", b"Spezial"), "General Rate of Duty"),
        ("usitc-csv", "Überschrift".encode("latin-1"), "not UTF-8"),
        ("usitc-json", b'[{"htsno": "6109", "general": "1%"}, {"hts', "element 2"),
        ("usitc-json", b'[{"htsno": "6109", "general": NaN}]', "element 1"),
        ("usitc-json", b'[{"a": 1}]', "choose another FORMAT"),
        ("usitc-json", b'[{"htsno": "6109", "general": "1%", "indent": 0}] x', "more follows"),
        ("usitc-json", b"[" * 100_000, "element 1"),
        ("uk-json", b'{"import_measures": []}', "goods_nomenclature_item_id"),
        ("eu-taric3", transmission(record("430", "00", "3", measure("1")))[:-30], "cut off"),
        ("eu-taric3", DTD, "document type"),
        ("uk-cds", b"", "cut off or damaged"),
        ("uk-cds", b"<a><b/></a>", "holds no TariffHistoryItem"),
        ("eu-taric3", b"<a>" + b"<b></b>" * 10_000_000 + b"</a>", "no record ends within"),
        ("usitc-csv", gzip.compress(WHOLE * 99)[:-30], "damaged or cut off"),
        ("usitc-csv", b"PK\x03\x04 no zip", "zip is damaged"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_is_refused_with_what_to_do(
    form: str, content: bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(TariffRefused, match=said):
        read_bytes(form, content, tmp_path)


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "FREE_BYTES", 1 << 20)
    bomb = hts(*[("", 0, "")] * 300_000)
    with pytest.raises(TariffRefused, match="unpacks to more"):
        read_bytes("usitc-csv", gzip.compress(bomb, 9), tmp_path)


PIECES = (b'"', b",", b"\n", b"\0", b"\xff", b"<", b">", b"&a;", b"{", b"]", b"null", b"1e999",
          b"9" * 40, b"2026-13-45", "²".encode(), "１２％".encode(), b"")  # fmt: skip


@pytest.mark.parametrize(
    ("form", "name"),
    [("usitc-csv", HTS_FILE), ("uk-json", PLUM), ("uk-cds", "uk_cds_daily_extract_sample.xml"),
     ("uk-comparison", "uk_global_tariff_2021_sample.csv"),
     ("eu-taric3", "taric3_measure_sample.xml")],
)  # fmt: skip
def test_an_original_that_is_damaged_anywhere_is_read_or_refused(
    form: str, name: str, samples: Path, tmp_path: Path
) -> None:
    chance = random.Random(7)
    file = tmp_path / "tariff"
    for _ in range(25):
        content = bytearray((samples / name).read_bytes()[:40_000])
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(content))
            content[at : at + chance.choice((0, 1, 9))] = chance.choice(PIECES)
        file.write_bytes(bytes(content))
        try:
            found = gather(file, FORMATS[form], "US", date(2026, 1, 1))
        except TariffRefused:
            continue
        assert found.rates or found.passed


@pytest.mark.parametrize(
    "row",
    [{"code": "610910", "expression": "5\0%"}, {"code": "610910", "expression": "x\ud800"},
     {"code": "610910", "duty": "1", "source": "\0"}],
)  # fmt: skip
def test_what_no_database_keeps_is_left_out_and_named(row: dict[str, str], tmp_path: Path) -> None:
    fact = Fact(2, row["code"], "duty", row.get("expression", "1%"), source=row.get("source", ""))
    form = replace(FORMATS["generic-csv"], read=lambda stream: iter((fact,)))
    file = tmp_path / "tariff"
    file.write_bytes(b"x")
    found = gather(file, form, "XX", date(2026, 1, 1))
    assert (found.rates, found.harmed) == (0, 1)


def test_a_rate_with_endless_decimals_is_kept_as_a_text() -> None:
    read = cell("duty", f"5.{'1' * 40}%")
    assert (read.value, bool(read.problem)) == ("", True)


def test_a_packed_file_is_read_while_it_is_unpacked(tmp_path: Path) -> None:
    expected = read_bytes("usitc-csv", WHOLE, tmp_path)
    assert read_bytes("usitc-csv", gzip.compress(WHOLE), tmp_path) == expected
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("hts.csv", WHOLE)
    assert read("usitc-csv", tmp_path / "a.zip") == expected
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("other.csv", WHOLE)
    with pytest.raises(TariffRefused, match="2 files"):
        read("usitc-csv", tmp_path / "a.zip")


def test_every_format_says_how_far_it_was_checked() -> None:
    for form in FORMATS.values():
        assert "checked against an original" in form.checked
        assert form.licence
        assert form.publisher
        assert form.cadence_days > 0
    assert not FORMATS["usitc-json"].is_checked
    assert not FORMATS["uk-csv"].is_checked
