"""An isolated plug-in whose dialect, rate source and carrier commit the fault they are told to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import faults

from core.pluginapi import (
    Capability,
    FeedHeader,
    Manifest,
    Pair,
    PluginScope,
    Rate,
    RateTable,
    RawRow,
    RawTrack,
    Text,
    hookimpl,
)

MANIFEST = Manifest(
    key="faulty_background",
    name=Text("Faulty"),
    version="1",
    api=">=1.0,<2",
    summary=Text("Commits faults"),
    provides=(Capability.OTHER,),
    scope=PluginScope.PLATFORM,
    isolated=True,
)
ALL = ("fine", *faults.FAULTS)


class Dialect:
    key, title, version = "faulty_feed", Text("Faulty feed"), 1

    def sniff(self, head):
        return 0

    def header(self, head):
        return FeedHeader()

    def rows(self, ctx, stream, head):
        fault = stream.read().decode()
        bad = [RawRow(Decimal("NaN"), 1, "line 1", {}, b"")]
        if fault == "fine":
            return iter([RawRow(1, 1, "line 1", {"price": "5"}, b"5")])
        answer = faults.commit(fault, faults.Given((), bad))
        return iter(answer)


class Source:
    key, title, base = "faulty_fx", Text("Faulty rates"), "EUR"

    def fetch_rates(self, ctx, since: date | None):
        fault = ALL[since.day - 1]
        if fault == "fine":
            return RateTable("faulty_fx", (_rate("7.8"),))
        if fault == "bad_amount":
            return RateTable("faulty_fx", (_rate("NaN"),))
        return faults.commit(fault, faults.Given((since,), "not a table"))


class Carrier:
    key, title, hub, formats = "faulty_post", Text("Faulty post"), False, ()

    def normalise(self, raw):
        raise NotImplementedError

    def track(self, ctx, numbers):
        if numbers[0] == "fine":
            yield RawTrack("fine", ())
            return
        given = faults.Given((list(numbers),), [RawTrack("x", (Decimal("NaN"),))])
        yield from faults.commit(numbers[0], given)


def _rate(value: str) -> Rate:
    return Rate(Pair("EUR", "CNY"), Decimal(value), "faulty_fx", date(2026, 1, 1))


@hookimpl
def register_feed_dialects(setup):
    return [Dialect()]


@hookimpl
def register_fx_sources(setup):
    return [Source()]


@hookimpl
def register_carriers(setup):
    return [Carrier()]
