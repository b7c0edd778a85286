"""Frozen values of assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.pluginapi import Assessment, Rule, Text


@dataclass(frozen=True, slots=True)
class Considered:
    """One regime of the destination: what it said, or why it was not asked."""

    regime: str
    plugin: str
    title: Text
    applicable: bool
    assessment: Assessment | None
    code: str
    message: Text | None


@dataclass(frozen=True, slots=True)
class AssessmentReport:
    """One chosen assessment, or None with ``refusal_code`` and ``message``; every regime asked.

    ``rules`` are the rules that the assessments name, by id, as they were in force ``on`` the day;
    ``epoch`` is the state of rules and tariffs that was read.
    """

    on: date
    currency: str
    chosen: Assessment | None
    considered: tuple[Considered, ...]
    refusal_code: str = ""
    message: Text | None = None
    path: str = ""
    epoch: str = ""
    rules: Mapping[str, Rule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first faulty value of a shipment, by JSON path."""

    path: str
    message: Text


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading the rules of one plug-in did."""

    plugin: str
    added: int
    superseded: int
    problem: str = ""
