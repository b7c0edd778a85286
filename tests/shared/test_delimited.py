"""Cells that hold several addresses, and records that do not fit their header."""

from __future__ import annotations

import io

import pytest

from core.shared.delimited import addresses, fitted, records


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("", ()),
        ("https://a.example/1.jpg", ("https://a.example/1.jpg",)),
        ("https://a.example/1.jpg, https://a.example/2.jpg", 2),
        ("https://a.example/1.jpg|http://a.example/2.jpg|", 2),
        ("https://a.example/w_1,h_2/x.jpg", ("https://a.example/w_1,h_2/x.jpg",)),
        ("pictures/1.jpg", ("pictures/1.jpg",)),
    ],
)
def test_addresses_of_a_cell(cell: str, found: int | tuple[str, ...]) -> None:
    got = addresses(cell)
    assert (len(got) if isinstance(found, int) else got) == found
    assert all(part == part.strip() for part in got)


@pytest.mark.parametrize(
    ("line", "problem"),
    [("a,b", None), ("a", "ROW_RAGGED"), ("a,b,c", "ROW_RAGGED"), ("a,b,,", None)],
)
def test_a_record_that_does_not_fit_its_header_is_ragged(line: str, problem: str | None) -> None:
    (record,) = records(io.BytesIO(line.encode()), delimiter=",")
    assert fitted(record, 2)[1] == problem
