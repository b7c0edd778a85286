"""The tables that plug-ins ship say what the collected facts say, and nothing more."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import plugins
from core.pluginapi import InvalidInput, TariffRate
from core.pluginapi.duty.tariff_file import Shared, lines_of, read_tariff

FOLDER = Path(plugins.__file__).parent
SHARED = Shared("XX", "test", date(2022, 1, 1))
JURISDICTIONS = ("US", "JP", "EU", "GB", "AU", "SG", "HK", "CH", "NO", "KR", "CA", "CN")
Facts = dict[str, list[dict[str, str]]]


def lines(jurisdiction: str) -> list[TariffRate]:
    folder = FOLDER / f"duty_{jurisdiction.lower()}"
    return list(read_tariff(folder / "tariff.csv", jurisdiction))


@pytest.fixture(scope="module")
def facts(shared_dir: Path) -> Facts:
    """The collected facts by jurisdiction."""
    found: Facts = defaultdict(list)
    with (shared_dir / "customs" / "tariff_seed.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["jurisdiction"]].append(row)
    return found


def first(made: list[TariffRate], code: str, kind: str) -> TariffRate | None:
    return next((line for line in made if line.code == code and line.states(kind)), None)


def wanted_duty(row: dict[str, str]) -> tuple[Decimal | None, str]:
    """Return the percentage and the expression that a row means, as its documentation says."""
    percent, specific = row["mfn_duty_percent"], row["specific_duty"]
    if specific == "max of category":
        return None, ""
    if specific.startswith("interim:"):
        return Decimal(specific.removeprefix("interim:").removesuffix("%")), ""
    return (None, specific) if specific else (Decimal(percent) if percent else None, "")


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_collected_duty_is_shipped_as_it_is_to_be_read(
    jurisdiction: str, facts: Facts
) -> None:
    made = lines(jurisdiction)
    assert {line.code for line in made} == {row["hs_code"] for row in facts[jurisdiction]}
    for row in facts[jurisdiction]:
        percent, expression = wanted_duty(row)
        line = first(made, row["hs_code"], "duty")
        if percent is None and not expression:
            assert line is None, row
            continue
        assert line is not None, row
        assert (line.rates.get("duty"), line.expression) == (percent, expression), row
        assert (line.source, line.confidence) == (row["source"], row["confidence"])
        if row["valid_from"]:
            assert line.valid_from.isoformat() == row["valid_from"]
        assert (line.valid_to.isoformat() if line.valid_to else "") == row["valid_to"]


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_taxes_classes_and_notes_are_kept_and_empty_stays_unknown(
    jurisdiction: str, facts: Facts
) -> None:
    made = lines(jurisdiction)
    columns = {"vat": "vat_percent", "consumption_tax": "consumption_tax_percent",
               "postal_class": "cn_postal_class"}  # fmt: skip
    for row in facts[jurisdiction]:
        mine = [line for line in made if line.code == row["hs_code"]]
        assert all(line.notes.get("restricted", "") == row["restricted"] for line in mine)
        listed = "yes" if row["cn_positive_list"] == "yes" else None
        assert all(line.notes.get("positive_list") == listed for line in mine)
        stated = {kind: rate for line in mine for kind, rate in line.rates.items()}
        for kind, column in columns.items():
            low, mark, high = row[column].partition("|")
            both = (stated.get(f"{kind}_low"), stated.get(f"{kind}_high"))
            assert both == ((Decimal(low), Decimal(high)) if mark else (None, None)), row
            assert stated.get(kind) == (Decimal(low) if low and not mark else None), row


def test_a_category_maximum_is_no_rate(facts: Facts) -> None:
    maxima = [row for row in facts["CA"] if row["specific_duty"] == "max of category"]
    made = lines("CA")
    assert len(maxima) == 33
    for row in maxima:
        line = first(made, row["hs_code"], "duty_max")
        assert line is not None
        assert (line.confidence, first(made, row["hs_code"], "duty")) == ("low", None)


def test_an_undated_row_begins_on_the_day_that_its_table_states() -> None:
    assert {line.valid_from for line in lines("HK")} == {date(2022, 1, 1)}


def test_the_interim_rate_holds_with_the_duty_and_taxes_hold_on() -> None:
    row = {"code": "04069000", "duty": "12", "interim": "8", "vat": "13", "source": "s",
           "valid_from": "2026-01-01", "valid_to": "2026-12-31"}  # fmt: skip
    duty, taxes = lines_of(row, SHARED)
    assert (duty.rates, duty.valid_to) == ({"duty": Decimal(8)}, date(2026, 12, 31))
    assert duty.notes["mfn"] == "12"
    assert (taxes.rates, taxes.valid_to) == ({"vat": Decimal(13)}, None)


def test_a_percentage_beside_an_expression_is_a_note_and_never_a_rate() -> None:
    row = {"code": "180631", "duty": "4.3", "expression": "37.2¢/kg + 4.3%", "source": "s"}
    (line,) = lines_of(row, SHARED)
    assert (line.rates, line.expression) == ({}, "37.2¢/kg + 4.3%")
    assert line.notes["ad_valorem_part"] == "4.3"


def test_a_row_that_states_no_rate_is_kept_without_one() -> None:
    (line,) = lines_of({"code": "300450", "source": "s", "restricted": "medicine"}, SHARED)
    assert (line.rates, line.expression) == ({}, "")
    assert line.notes == {"restricted": "medicine"}


@pytest.mark.parametrize(
    ("cell", "path"),
    [({"code": "12"}, "code"), ({"code": "６１０９"}, "code"), ({"duty": "5%"}, "duty"),
     ({"duty": "-1"}, "duty"), ({"duty": "NaN"}, "duty"), ({"vat": "1|"}, "vat"),
     ({"valid_from": "1.1.2026"}, "valid_from"), ({"valid_to": "2021-12-31"}, "valid_to"),
     ({"source": ""}, "source"), ({"confidence": "sure"}, "confidence"),
     ({"label_en": "x" * 601}, "label_en")],
)  # fmt: skip
def test_a_cell_that_cannot_be_meant_is_named(cell: dict[str, str], path: str) -> None:
    row = {"code": "610910", "duty": "12", "source": "s", **cell}
    with pytest.raises(InvalidInput) as refused:
        list(lines_of(row, SHARED))
    assert refused.value.path == path
