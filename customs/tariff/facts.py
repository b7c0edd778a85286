"""What a tariff file says, row by row, before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from core.pluginapi import InvalidInput

ROW_LIMIT = 2_000_000
FINDINGS_KEPT = 10_000


class TariffRefused(InvalidInput):
    """The file cannot be imported as it is; nothing was stored.

    The message says what happened and what to do; ``code`` is ``needs_confirmation`` where the
    same file can be imported with ``--confirm``.
    """

    def __init__(self, message: str, *, code: str = "tariff_refused", row: int = 0) -> None:
        super().__init__(message, code=code, path=f"row {row}" if row else "$")
        self.row = row


@dataclass(frozen=True, slots=True)
class Fact:
    """One rate of one code: ``text`` is the raw cell, days are inclusive, None is not stated.

    ``kind`` is ``duty`` for the ordinary rate; see :mod:`customs.tariff.measures` for the others.
    ``measure`` is the authority's own number of it, by which later changes name it. Empty
    ``source`` and ``confidence`` are those of the format.
    """

    row: int
    code: str
    kind: str
    text: str
    valid_from: date | None = None
    valid_to: date | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    measure: str = ""
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a file of changes does to one measure: ``fact`` is its new state, None its deletion.

    ``restated`` is False where the file changes the measure without repeating its duty.
    """

    measure: str
    fact: Fact | None
    restated: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """The file speaks for every code that begins with ``code``, and for what it leaves out."""

    code: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was noticed in one row, and what was done. ``harm`` says that something was lost."""

    row: int
    code: str
    problem: str
    action: str
    harm: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        return {
            "row": self.row,
            "code": self.code,
            "problem": self.problem,
            "action": self.action,
            "harm": self.harm,
        }


@dataclass(frozen=True, slots=True)
class Passed:
    """A row that is no rate of goods (``why`` in a few words); it is only counted."""

    why: str


Said = Fact | Change | Scope | Finding | Passed
Reading = Iterator[Said]


class Extent(Enum):
    """For how much a file of a format speaks.

    WHOLE: every code of the jurisdiction. PART: the codes that its ``Scope`` items name. CHANGES:
    the measures that it names.
    """

    WHOLE = "whole"
    PART = "part"
    CHANGES = "changes"


def digits(code: str) -> str:
    """Return the digits of a printed code (``6109.10.00`` gives ``61091000``), or ""."""
    plain = code.replace(".", "").replace(" ", "").replace("\u200b", "").replace("\ufeff", "")
    return plain if plain.isascii() and plain.isdigit() and 2 <= len(plain) <= 13 else ""


def shortest(code: str) -> str:
    """Return ``code`` without the pairs of zeros that only fill it up: ``8517130000``, ``851713``.

    A rate of the filled code holds for all codes below the shortened one.
    """
    while len(code) > 4 and code.endswith("00"):
        code = code[:-2]
    return code[:2] if code.endswith("00") else code
