"""Twelve faults in six hooks: what a fault costs, and what it must never cost."""

from __future__ import annotations

import decimal
import io
import locale
import os
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal

import faults
import pytest
from samples import CHANNEL, sample

from core.kernel import guard, hooks, providers, routing
from core.kernel.errors import ProviderFailed
from core.kernel.models import Channel, Incident
from core.kernel.wire import Limits
from core.pluginapi import (
    Assessment,
    Charge,
    ChargeKind,
    FeedHead,
    OrderEvent,
    Outcome,
    PriceComponent,
    QuoteDraft,
    RuleSet,
    ShipmentFacts,
    TariffView,
    Text,
    hookimpl,
)
from core.shared.money import Money
from core.testing.plugins import manifest, plugins_loaded

HERE = os.path.dirname(__file__)
IN_PROCESS_HOOKS = ("price", "duty", "event")
ISOLATED_HOOKS = ("feed", "fx", "track")

# In-process Python cannot be stopped from the outside: docs/explanation/isolation.md says so.
NOT_CONTAINED = {(hook, fault) for hook in IN_PROCESS_HOOKS for fault in faults.PROCESS}
CONTAINED = [
    (hook, fault)
    for hook in (*IN_PROCESS_HOOKS, *ISOLATED_HOOKS)
    for fault in faults.FAULTS
    if (hook, fault) not in NOT_CONTAINED
]
# A child has memory and a context of its own: nothing of ours was changed, so nothing failed.
HARMLESS = {(hook, "decimal_context") for hook in ISOLATED_HOOKS}
ABSTAINS = {("price", "none"), ("event", "none"), ("event", "wrong_type"), ("event", "bad_amount")}


def component(amount: Money) -> PriceComponent:
    return PriceComponent("fee", Text("Fee"), amount, "test", "rule")


class Good:
    MANIFEST = manifest("good_one")
    heard = 0

    @hookimpl
    def add_price_components(self, ctx, quote):
        assert quote.lines[0].line.offer is None or quote.lines[0].line.offer.facts
        return [component(Money(Decimal(2), "CNY"))]

    @hookimpl
    def on_order_paid(self, ctx, event):
        Good.heard += 1

    @hookimpl
    def register_duty_regimes(self, setup):
        return [Regime("good_regime", "fine")]


class Regime:
    title, countries, order = Text("Regime"), {"CN"}, 1
    family, jurisdiction, currencies, foreign = "", "CN", (), ()

    def __init__(self, key, fault):
        self.key, self.fault = key, fault

    def rules(self):
        return ()

    def tariff(self):
        return ()

    def assess(self, ctx, shipment, rules, tariff, at):
        if self.fault == "fine":
            return assessment(Money(Decimal(1), "CNY"))
        bad = assessment(Money(Decimal(-1), "EUR"))
        return faults.commit(self.fault, faults.Given((shipment, tariff), bad))


def assessment(amount: Money) -> Assessment:
    charge = Charge(ChargeKind.DUTY, amount, amount, None, "r", "s", "f")
    return Assessment("good_regime", Outcome.OK, amount.currency, amount, (charge,))


def bad_plugin(fault: str, *, request: bool = False):
    class Bad:
        MANIFEST = manifest("bad_one")

        @hookimpl
        def add_price_components(self, ctx, quote):
            wrong = [component(Money(Decimal(1), "EUR"))]
            if fault == "decimal_context":
                decimal.getcontext().prec = 3
                return [component(Money(Decimal(1), "CNY"))]
            return faults.commit(fault, faults.Given((quote,), wrong))

        @hookimpl
        def on_order_paid(self, ctx, event):
            return faults.commit(fault, faults.Given((event,), None))

        @hookimpl
        def register_duty_regimes(self, setup):
            return [Regime("bad_regime", fault)]

    return Bad()


@pytest.fixture
def unharmed(db):
    """Check after the test that the platform calculates, tells time and commits as before."""
    names = ("TZ",)
    before = (
        decimal.getcontext().prec,
        dict(decimal.getcontext().traps),
        [os.environ.get(name) for name in names],
        time.tzname,
        locale.setlocale(locale.LC_ALL),
        os.getcwd(),
    )
    yield
    after = (
        decimal.getcontext().prec,
        dict(decimal.getcontext().traps),
        [os.environ.get(name) for name in names],
        time.tzname,
        locale.setlocale(locale.LC_ALL),
        os.getcwd(),
    )
    assert after == before
    assert Decimal("12345.67") + Decimal("0.01") == Decimal("12345.68")
    Channel.objects.create(key="after", kind="m2c", market="CN", currency="CNY")
    assert Channel.objects.filter(key="after").exists()


@pytest.fixture
def small_limits(monkeypatch):
    limits = Limits(cpu_seconds=1, wall_seconds=3, memory_bytes=1 << 30)
    kinds = ("feed_dialects", "fx_sources", "carriers")
    monkeypatch.setattr(routing, "LIMITS", dict.fromkeys(kinds, limits))


def call(hook: str, fault: str) -> bool:
    """Call ``hook`` with the good plug-in beside the faulty one; returns whether the latter
    answered. Asserts that the good one's answer is kept."""
    return globals()[f"_{hook}"](fault)


def _price(fault):
    quote = sample(QuoteDraft)
    with plugins_loaded(bad_plugin(fault), Good(), alone=False):
        answers = hooks.add_price_components(CHANNEL, quote=quote)
    assert [a.value.amount for a in answers if a.plugin == "good_one"] == [Money(Decimal(2), "CNY")]
    return any(a.plugin == "bad_one" for a in answers)


def _duty(fault):
    shipment = sample(ShipmentFacts)
    tariff = TariffView(date(2026, 1, 1), "CN", {"01": ()})
    given = {"shipment": shipment, "rules": RuleSet(date(2026, 1, 1), {}), "tariff": tariff}
    facts = dict(shipment.facts)
    with plugins_loaded(bad_plugin(fault), Good()):
        answered = True
        try:
            providers.regime_assess(CHANNEL, "bad_regime", **given, at=date(2026, 1, 1))
        except ProviderFailed as error:
            answered = error.plugin != "bad_one"
        kept = providers.regime_assess(CHANNEL, "good_regime", **given, at=date(2026, 1, 1))
    assert kept.outcome is Outcome.OK
    assert shipment.facts == facts
    assert tariff.lines == {"01": ()}
    return answered


def _event(fault):
    event, heard = sample(OrderEvent), Good.heard
    with plugins_loaded(bad_plugin(fault), Good()):
        failures = hooks.on_order_paid(CHANNEL, event=event)
    assert Good.heard == heard + 1
    assert {f.plugin for f in failures} <= {"bad_one"}
    return not failures


def _isolated(fault, work):
    import faulty_background

    with plugins_loaded(faulty_background):
        assert work("fine")
        try:
            work(fault)
        except ProviderFailed as error:
            return error.plugin != "faulty_background"
        return True


def _feed(fault):
    head = FeedHead(b"", "", "x", "text/plain", "utf-8")

    def work(name):
        stream = io.BytesIO(name.encode())
        return list(providers.dialect_rows(None, "faulty_feed", stream=stream, head=head))

    return _isolated(fault, work)


def _fx(fault):
    import faulty_background

    def work(name):
        day = date(2026, 1, 1 + faulty_background.ALL.index(name))
        return providers.fx_fetch_rates(None, "faulty_fx", since=day)

    return _isolated(fault, work)


def _track(fault):
    return _isolated(
        fault, lambda name: list(providers.carrier_track(None, "faulty_post", numbers=[name]))
    )


@pytest.mark.parametrize(("hook", "fault"), CONTAINED)
def test_fault_costs_only_the_faulty_plugins_answer(hook, fault, unharmed, small_limits):
    answered = call(hook, fault)
    if (hook, fault) in HARMLESS:
        return
    if (hook, fault) in ABSTAINS:
        assert not Incident.objects.filter(plugin="good_one").exists()
        return
    assert not answered
    named = {incident.plugin for incident in Incident.objects.all()}
    assert named == {"faulty_background" if hook in ISOLATED_HOOKS else "bad_one"}


@pytest.mark.parametrize("hook", IN_PROCESS_HOOKS)
@pytest.mark.parametrize("fault", ["io_hang", "cpu_spin"])
def test_time_of_an_in_process_hang_is_not_bounded_but_noticed(hook, fault, unharmed, monkeypatch):
    def delay(given):
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            if fault == "io_hang":
                time.sleep(0.01)

    monkeypatch.setattr(faults, f"_{fault}", delay)
    monkeypatch.setattr(guard, "SLOW_FACTOR", 0.0001)
    monkeypatch.setattr("core.kernel.plans.SLOW_FACTOR", 0.0001)
    call(hook, fault)
    assert Incident.objects.filter(plugin="bad_one", kind="slow").exists()


@pytest.mark.parametrize("hook", IN_PROCESS_HOOKS)
def test_memory_error_in_process_is_contained_where_python_raises_it(hook, unharmed, monkeypatch):
    def memory(given):
        raise MemoryError

    monkeypatch.setattr(faults, "_two_gib", memory)
    assert not call(hook, "two_gib")
    assert Incident.objects.get(plugin="bad_one").kind == "memory"


@pytest.mark.parametrize("hook", IN_PROCESS_HOOKS)
def test_os_exit_in_process_ends_the_process_as_documented(hook):
    code = (
        "import django; django.setup()\n"
        "import test_kernel_fault_matrix as matrix\n"
        "from core.kernel import snapshot\n"
        f"matrix.call({hook!r}, 'os_exit')\n"
    )
    path = os.pathsep.join([HERE, *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_every_cell_of_the_matrix_is_decided():
    cells = {(h, f) for h in (*IN_PROCESS_HOOKS, *ISOLATED_HOOKS) for f in faults.FAULTS}
    assert len(cells) == 72
    assert cells == set(CONTAINED) | NOT_CONTAINED
