"""Breaker, incidents, budgets, the database guard, deadlines; and the catalogue of adversities."""

from __future__ import annotations

import decimal
import json
import locale
import os
import time

import pytest
import requests
from django.db import connection, transaction
from samples import CHANNEL, sample

from core.accounts.models import AuditEntry
from core.kernel import breaker, calls, deadlines, hooks, incidents
from core.kernel.models import Channel, Incident
from core.pluginapi import Fragment, Level, Note, OrderEvent, Text, Verdict, hookimpl
from core.testing.plugins import manifest, plugins_loaded

# Where each plug-in fault of the corpus is tested.
COVERED = {
    "plugin_fault-01": "test_kernel_boot: import_error",
    "plugin_fault-03": "test_kernel_boot: system_exit",
    "plugin_fault-05": "test_kernel_fault_matrix: exception",
    "plugin_fault-06": "test_kernel_fault_matrix: system_exit",
    "plugin_fault-07": "test_kernel_fault_matrix: io_hang",
    "plugin_fault-08": "test_kernel_fault_matrix: cpu_spin",
    "plugin_fault-10": "test_stack_overflow_is_contained",
    "plugin_fault-11": "test_kernel_fault_matrix: os_exit",
    "plugin_fault-12": "test_kernel_fault_matrix: wrong_type",
    "plugin_fault-14": "test_kernel_fault_matrix: none",
    "plugin_fault-16": "test_kernel_fault_matrix: mutates_argument",
    "plugin_fault-17": "test_kernel_fault_matrix: decimal_context",
    "plugin_fault-18": "test_surroundings_are_put_back",
    "plugin_fault-19": "test_kernel_fault_matrix: broken_transaction",
    "plugin_fault-20": "test_writing_core_tables_is_refused_and_audited",
    "plugin_fault-21": "test_requests_without_timeout_gets_a_deadline",
    "plugin_fault-23": "test_log_is_rate_limited",
    "plugin_fault-25": "test_budget_of_a_request_is_shared_by_its_plugins",
    "plugin_fault-28": "test_kernel_activation: uninstalled",
    "plugin_fault-29": "test_kernel_boot: migration",
}


def test_every_plugin_fault_of_the_corpus_is_tested(shared_dir):
    corpus = json.loads((shared_dir / "reference" / "adversarial_inputs.json").read_text())
    ids = {i["id"] for i in corpus["inputs"] if i["endpoint_kind"] == "plugin_fault"}
    assert ids == set(COVERED)


def listing(body, **fields):
    class Plugin:
        MANIFEST = manifest("subject_one", **fields)

        @hookimpl
        def check_listing(self, ctx, product):
            return body(ctx)

    return Plugin()


def telling(body):
    class Plugin:
        MANIFEST = manifest("subject_one")

        @hookimpl
        def on_order_paid(self, ctx, event):
            body(ctx)

    return Plugin()


def judge():
    return hooks.check_listing(CHANNEL, product=None)


def test_stack_overflow_is_contained(db):
    def overflow(ctx):
        return overflow(ctx)

    with plugins_loaded(listing(overflow)):
        assert judge().level is Level.HOLD
    assert Incident.objects.get().kind == "recursion"


@pytest.mark.parametrize(
    "change",
    [
        lambda: (os.environ.update(TZ="America/St_Johns"), time.tzset()),
        lambda: locale.setlocale(locale.LC_ALL, "C"),
        lambda: os.chdir("/"),
        lambda: os.umask(0o777),
    ],
    ids=["time zone", "locale", "folder", "mask"],
)
def test_surroundings_are_put_back(db, change):
    from core.kernel.surroundings import Surroundings

    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    before = Surroundings.taken()
    with plugins_loaded(telling(lambda ctx: change() and None)):
        (failure,) = hooks.on_order_paid(CHANNEL, event=sample(OrderEvent))
    assert "changed what others share" in failure.reason
    assert Surroundings.taken() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda: setattr(decimal.getcontext(), "prec", 3),
        lambda: setattr(decimal.getcontext(), "rounding", decimal.ROUND_UP),
        lambda: setattr(decimal.getcontext(), "Emax", 10),
        lambda: decimal.getcontext().clear_traps(),
        lambda: decimal.getcontext().traps.update({decimal.Inexact: True}),
        lambda: decimal.setcontext(decimal.Context(prec=4)),
    ],
    ids=["prec", "rounding", "Emax", "clear_traps", "traps", "setcontext"],
)
@pytest.mark.parametrize("inside", ["usual", "localcontext"])
def test_decimal_context_is_put_back_before_the_next_plugin(db, change, inside):
    class Next:
        MANIFEST = manifest("zz_next")
        seen = None

        @hookimpl
        def check_listing(self, ctx, product):
            context = decimal.getcontext()
            Next.seen = (context.prec, context.rounding, context.Emax, dict(context.traps))

    with decimal.localcontext() if inside == "localcontext" else transaction.atomic():
        context = decimal.getcontext()
        before = (context.prec, context.rounding, context.Emax, dict(context.traps))
        with plugins_loaded(listing(lambda ctx: change()), Next()):
            assert judge().level is Level.HOLD
        assert Next.seen == before
        assert decimal.getcontext() is context
    assert Incident.objects.get().plugin == "subject_one"


def test_writing_core_tables_is_refused_and_audited(db):
    Channel.objects.create(key="kept", kind="m2c", market="CN", currency="CNY")
    with plugins_loaded(telling(lambda ctx: Channel.objects.all().delete())):
        (failure,) = hooks.on_order_paid(CHANNEL, event=sample(OrderEvent))
    assert "not its own" in failure.reason
    assert Channel.objects.filter(key="kept").exists()
    assert Incident.objects.get().kind == "forbidden_write"
    assert AuditEntry.objects.filter(actor="plugin:subject_one", action="write.refused").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE kernel_channel SET is_open = false",
        "WITH x AS (SELECT 1) DELETE FROM kernel_channel",
        "/* note */ DROP TABLE kernel_channel",
        "SELECT 1; DELETE FROM kernel_channel",
    ],
)
def test_raw_sql_of_a_plugin_is_judged_as_well(db, sql):
    def send(ctx):
        with connection.cursor() as cursor:
            cursor.execute(sql)

    with plugins_loaded(telling(send)):
        (failure,) = hooks.on_order_paid(CHANNEL, event=sample(OrderEvent))
    assert "plug-ins may not send" in failure.reason or "not its own" in failure.reason


def test_plugins_may_read(db):
    Channel.objects.create(key="kept", kind="m2c", market="CN", currency="CNY")
    with plugins_loaded(telling(lambda ctx: list(Channel.objects.all()))):
        assert hooks.on_order_paid(CHANNEL, event=sample(OrderEvent)) == ()


def test_requests_without_timeout_gets_a_deadline(monkeypatch):
    seen = {}

    class Adapter(requests.adapters.BaseAdapter):
        def send(self, request, **options):
            seen.update(options)
            raise requests.ConnectionError

        def close(self): ...

    session = requests.Session()
    session.mount("http://", Adapter())
    with pytest.raises(requests.ConnectionError):
        session.get("http://partner.example/")
    assert seen["timeout"] == deadlines.SECONDS


def test_log_is_rate_limited(db, caplog):
    def spam(ctx):
        for number in range(10_000):
            ctx.log.error("spam", number=number)

    with plugins_loaded(listing(spam)):
        judge()
    assert len([r for r in caplog.records if r.name == "haitao.plugin.subject_one"]) <= 2 * 62


def test_budget_of_a_request_is_shared_by_its_plugins(db):
    def plugin(number):
        class Slow:
            MANIFEST = manifest(f"slow_{number}")

            @hookimpl
            def add_tracking_notes(self, ctx, parcel):
                time.sleep(0.02)
                return [Note(f"n{number}", Text("x"))]

        return Slow()

    with plugins_loaded(*(plugin(n) for n in range(5)), alone=True):
        calls.begin_request(0.03)
        try:
            answers = hooks.add_tracking_notes(CHANNEL, parcel=None)
            assert hooks.add_tracking_notes(CHANNEL, parcel=None) == []
        finally:
            calls.end_request()
    assert 1 <= len(answers) <= 2
    assert Incident.objects.filter(kind="budget").exists()


def test_breaker_opens_after_three_failures_and_the_check_holds(db, monkeypatch):
    called = []

    def fail(ctx):
        called.append(1)
        if len(called) <= 3:
            raise ValueError("no")
        return Verdict(Level.ALLOW, "fine", Text("fine"))

    with plugins_loaded(listing(fail)):
        for _ in range(5):
            assert judge().level is Level.HOLD
        assert len(called) == 3
        (pause,) = breaker.pauses()
        assert (pause.plugin, pause.hook) == ("subject_one", "check_listing")
        later = time.time() + breaker.PAUSE_SECONDS + 1
        monkeypatch.setattr(breaker.time, "time", lambda: later)
        assert judge().level is Level.ALLOW
        assert breaker.pauses() == []
        assert judge().level is Level.ALLOW


def test_half_open_breaker_lets_one_caller_try_and_its_failure_pauses_again(db, monkeypatch):
    for _ in range(3):
        breaker.failed("p", "h")
    later = time.time() + breaker.PAUSE_SECONDS + 1
    monkeypatch.setattr(breaker.time, "time", lambda: later)
    assert breaker.admit("p", "h")
    assert not breaker.admit("p", "h")
    breaker.failed("p", "h")
    assert not breaker.admit("p", "h")
    breaker.forget()


def test_pause_is_seen_by_other_processes(db):
    for _ in range(3):
        breaker.failed("p", "h")
    breaker._paused.clear()
    breaker._streaks.clear()
    breaker.read()
    assert not breaker.admit("p", "h")
    breaker.forget()


def test_operator_ends_a_pause_that_another_process_made(db):
    for _ in range(3):
        breaker.failed("p", "h")
    breaker._paused.clear()
    breaker._streaks.clear()
    breaker.resume("p")
    assert breaker.pauses() == []
    breaker.forget()


def test_same_incident_is_counted(db):
    with plugins_loaded(listing(lambda ctx: 1 / 0)):
        judge()
        judge()
    row = Incident.objects.get()
    assert row.count == 2
    assert "ZeroDivisionError" in row.traceback


@pytest.mark.django_db(transaction=True)
def test_incident_survives_the_callers_rollback():
    with plugins_loaded(listing(lambda ctx: 1 / 0)):
        with transaction.atomic():
            judge()
            transaction.set_rollback(True)
    assert not Incident.objects.exists()
    incidents.flush()
    assert Incident.objects.get().count == 1


def test_fragment_of_a_wrong_type_is_left_out(db):
    class Slots:
        MANIFEST = manifest("slot_one")

        @hookimpl
        def slot_quote(self, ctx, place, subject):
            return "<script>"

    class Fine:
        MANIFEST = manifest("slot_two")

        @hookimpl
        def slot_quote(self, ctx, place, subject):
            return Fragment("slot_two/x.html", {"a": 1})

    with plugins_loaded(Slots(), Fine()):
        answers = hooks.slot_quote(CHANNEL, place=None, subject=None)
    assert [a.plugin for a in answers] == ["slot_two"]
