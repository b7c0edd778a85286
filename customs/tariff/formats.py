"""The formats that can be imported, each with who publishes it and how far it was checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from customs.tariff import generic, transmissions, uk, usitc
from customs.tariff.facts import Extent, Reading

SAMPLE = "checked against an original: "
UNCHECKED = "not checked against an original"


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``cadence_days`` is after how many days an edition is older than it should be.

    ``checked`` says whether the reader met an original file; ``version`` is that of the reader and
    is stored with every edition. No ``jurisdictions``: any.
    """

    key: str
    title: str
    read: Callable[[BinaryIO], Reading]
    jurisdictions: tuple[str, ...]
    publisher: str
    product: str
    nomenclature: str
    licence: str
    cadence_days: int
    checked: str
    extent: Extent = Extent.WHOLE
    version: str = "1"

    @property
    def is_checked(self) -> bool:
        """Say whether an original was read."""
        return self.checked.startswith(SAMPLE)

    @property
    def source(self) -> str:
        """Return what a line that states no source of its own is said to be from."""
        return f"{self.publisher}: {self.product}"

    def as_json(self) -> dict[str, Any]:
        """Return the declaration as JSON."""
        shown = ("key", "title", "publisher", "product", "nomenclature", "licence", "cadence_days",
                 "checked", "version")  # fmt: skip
        return {
            **{name: getattr(self, name) for name in shown},
            "jurisdictions": list(self.jurisdictions),
            "extent": self.extent.value,
        }


USITC: dict[str, Any] = {
    "jurisdictions": ("US",),
    "publisher": "USITC",
    "product": "Harmonized Tariff Schedule of the United States",
    "nomenclature": "HS 2022",
    "licence": "US Government work, public domain",
    "cadence_days": 60,
}
OGL = "Open Government Licence v3"
UK: dict[str, Any] = {
    "jurisdictions": ("GB",),
    "publisher": "HMRC and Department for Business and Trade",
    "nomenclature": "HS 2022",
    "licence": OGL,
    "cadence_days": 31,
}
COMPARED: dict[str, Any] = {
    "publisher": "Department for International Trade",
    "product": "UK Global Tariff, comparison list of 2021",
    "nomenclature": "HS 2017",
    "licence": OGL,
    "cadence_days": 366,
}

LISTED = (
    Format(
        "usitc-csv", "HTS export, CSV", usitc.read_csv,
        checked=f"{SAMPLE}headings of the export of 2025-11-21", **USITC,
    ),
    Format(
        "usitc-json", "HTS export, JSON", usitc.read_json,
        checked=f"{UNCHECKED}; names of the fields from memory", **USITC,
    ),
    Format(
        "uk-csv", "UK tariff, table of measures", uk.read_measures,
        product="UK tariff data set, measures on declarable commodities",
        checked=f"{UNCHECKED}; written from the described columns", **UK,
    ),
    Format(
        "uk-json", "UK Online Trade Tariff API, commodities", uk.read_commodities,
        product="Integrated Online Tariff", extent=Extent.PART,
        checked=f"{SAMPLE}one commodity with its references resolved; the JSON:API form with "
        f"`included` was {UNCHECKED}", **UK | {"jurisdictions": ("GB", "XI")},
    ),
    Format(
        "uk-comparison", "UK Global Tariff comparison list, British rates", uk.read_ukgt,
        checked=f"{SAMPLE}a slice of the list of 2021-01-27",
        jurisdictions=("GB",), **COMPARED,
    ),
    Format(
        "uk-comparison-eu", "UK Global Tariff comparison list, European rates", uk.read_cet,
        checked=f"{SAMPLE}a slice of the list of 2021-01-27",
        jurisdictions=("EU",), **COMPARED,
    ),
    Format(
        "uk-cds", "HMRC CDS daily extract, XML", transmissions.read_cds,
        product="CDS tariff daily extract", extent=Extent.CHANGES,
        checked=f"{SAMPLE}one measure without components; components were {UNCHECKED}", **UK,
    ),
    Format(
        "eu-taric3", "EU TARIC3 transmission, XML", transmissions.read_taric, ("EU",),
        "European Commission", "TARIC3 transmission", "HS 2022",
        "reusable under Decision 2011/833/EU, source named", 31,
        f"{SAMPLE}insertion and deletion of one measure; components (record 430 05) were "
        f"{UNCHECKED}", Extent.CHANGES,
    ),
    Format(
        "generic-csv", "The documented table", generic.read, (), "the operator",
        "table of rates", "as the table says", "as the source says", 366,
        f"{SAMPLE}the tables that are shipped",
    ),
)  # fmt: skip
FORMATS: Mapping[str, Format] = {one.key: one for one in LISTED}
