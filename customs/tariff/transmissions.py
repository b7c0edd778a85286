"""Files of changes: EU TARIC3 transmissions, and the daily extract of the British CDS.

Both name measures by a number of their own (sid) and say what becomes of them. What one file does
to one measure is added up, and told once at the end. A measure that is changed without its duty
keeps the duty that is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from lxml import etree

from customs.tariff import xml_items
from customs.tariff.facts import Change, Fact, Finding, Passed, Reading, digits, shortest
from customs.tariff.measures import SUSPENSION, Component, duty_text, kind_of
from customs.tariff.uk import day
from customs.tariff.xml_items import child, children, local, text

MEASURE, COMPONENT, CONDITION = ("430", "00"), ("430", "05"), ("430", "10")
TARIC_DELETE, TARIC_INSERT, CDS_DELETE = "2", "3", "D"


@dataclass(slots=True)
class _State:
    """What is known of one measure after the records so far."""

    fact: Fact | None = None
    inserted: bool = False
    deleted: bool = False
    conditional: bool = False
    components: dict[str, Component] = field(default_factory=dict)

    def change(self, measure: str) -> Change | Finding | Passed:
        if self.deleted:
            gone = Change(measure, None)
            return Passed("a measure that comes and goes") if self.inserted else gone
        if self.fact is None:
            problem = f"components of measure {measure}, which the file does not describe"
            return Finding(0, "", problem, "left out; the measure must come with them", harm=True)
        if not self.fact.kind:
            return Passed("a measure that is no rate")
        stated = duty_text(self.components.values())
        kind = self.fact.kind
        if self.conditional and kind == "suspension":
            kind = kind_of(SUSPENSION, "1011", conditional=True)
        fact = replace(self.fact, kind=kind, text=stated)
        return Change(measure, fact, restated=bool(stated))


def read_taric(stream: BinaryIO) -> Reading:
    """Read the records 430 00 (measure) and 430 05 (its components) of a TARIC3 transmission.

    Of the conditions (430 10) it is only read that there are some.
    """
    states: dict[str, _State] = {}
    for number, record in enumerate(xml_items.items(stream, "record", inside="transaction"), 1):
        code = (text(record, "record.code"), text(record, "subrecord.code"))
        if code == MEASURE:
            yield from _taric_measure(number, record, states)
        elif code == COMPONENT:
            yield from _taric_component(number, record, states)
        elif code == CONDITION and (sid := text(record, "measure.condition", "measure.sid")):
            if sid in states:
                states[sid].conditional = True
            yield Passed("a condition of a measure")
        else:
            yield Passed(f"a record {'-'.join(code)}")
    yield from (state.change(measure) for measure, state in states.items())


def _taric_measure(
    number: int, record: etree._Element, states: dict[str, _State]
) -> Iterator[Finding]:
    measure = child(record, "measure")
    sid = "" if measure is None else text(measure, "measure.sid")
    if measure is None or not sid:
        yield Finding(number, "", "a measure without a sid", "left out", harm=True)
        return
    state = states.setdefault(sid, _State())
    update = text(record, "update.type")
    if update == TARIC_DELETE:
        states[sid] = _State(inserted=state.inserted, deleted=True)
        return
    state.inserted = state.inserted or update == TARIC_INSERT
    additional = text(measure, "additional.code.type") + text(measure, "additional.code")
    kind = kind_of(
        text(measure, "measure.type"), text(measure, "geographical.area"),
        additional=additional, order=text(measure, "ordernumber"),
    )  # fmt: skip
    fact = _fact(
        number, sid, kind, code=text(measure, "goods.nomenclature.item.id"),
        first=text(measure, "validity.start.date"), last=text(measure, "validity.end.date"),
    )  # fmt: skip
    if isinstance(fact, Finding):
        yield fact
        return
    regulation = text(measure, "measure.generating.regulation.id")
    state.fact = replace(fact, notes={"regulation": regulation} if regulation else {})
    state.deleted = False


def _taric_component(
    number: int, record: etree._Element, states: dict[str, _State]
) -> Iterator[Finding]:
    component = child(record, "measure.component")
    sid = "" if component is None else text(component, "measure.sid")
    if component is None or not sid:
        yield Finding(number, "", "a component without a measure", "left out", harm=True)
        return
    named = ("duty.expression.id", "duty.amount", "monetary.unit.code", "measurement.unit.code",
             "measurement.unit.qualifier.code")  # fmt: skip
    made = Component(*(text(component, name) for name in named))
    held = states.setdefault(sid, _State()).components
    if text(record, "update.type") == TARIC_DELETE:
        held.pop(made.expression, None)
    else:
        held[made.expression] = made


def read_cds(stream: BinaryIO) -> Reading:
    """Read the measures of a daily extract, with their components where it states them."""
    for number, item in enumerate(xml_items.items(stream, "TariffHistoryItem"), 1):
        found = [one for wrapper in item for one in wrapper if local(one) == "Measure"]
        if not found:
            yield Passed("an item that is no measure")
        for measure in found:
            yield _cds_measure(number, measure)


def _cds_measure(number: int, measure: etree._Element) -> Change | Finding | Passed:
    sid = text(measure, "sid")
    if not sid:
        return Finding(number, "", "a measure without a sid", "left out", harm=True)
    if text(measure, "metainfo", "opType") == CDS_DELETE:
        return Change(sid, None)
    additional = text(measure, "additionalCode", "additionalCodeType", "additionalCodeTypeId")
    additional += text(measure, "additionalCode", "additionalCodeCode")
    kind = kind_of(
        text(measure, "measureType", "measureTypeId"),
        text(measure, "geographicalArea", "geographicalAreaId"),
        additional=additional,
        order=text(measure, "ordernumber"),
        conditional=bool(children(measure, "measureCondition")),
    )
    if not kind:
        return Passed("a measure that is no rate")
    fact = _fact(
        number, sid, kind, code=text(measure, "goodsNomenclature", "goodsNomenclatureItemId"),
        first=text(measure, "validityStartDate"), last=text(measure, "validityEndDate"),
    )  # fmt: skip
    if isinstance(fact, Finding):
        return fact
    state = _State(fact=fact)
    for one in children(measure, "measureComponent"):
        if text(one, "metainfo", "opType") != CDS_DELETE:
            made = _cds_component(one)
            state.components[made.expression] = made
    return state.change(sid)


def _cds_component(one: etree._Element) -> Component:
    return Component(
        text(one, "dutyExpression", "dutyExpressionId"),
        text(one, "dutyAmount"),
        text(one, "monetaryUnit", "monetaryUnitCode"),
        text(one, "measurementUnit", "measurementUnitCode"),
        text(one, "measurementUnitQualifier", "measurementUnitQualifierCode"),
    )


def _fact(number: int, sid: str, kind: str, *, code: str, first: str, last: str) -> Fact | Finding:
    plain = digits(code)
    if not plain:
        return Finding(number, code[:20], f"measure {sid} has no code", "left out", harm=True)
    try:
        start, end = day(first), day(last)
    except ValueError:
        start = end = None
    if start is None:
        return Finding(number, plain, f"measure {sid} has no first day", "left out", harm=True)
    return Fact(number, shortest(plain), kind, "", start, end, measure=sid)
