"""Workers are killed and frozen in the middle of an import: no row is lost, none applied twice."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest
from jobs_site import FULL, Site, counted, promise, site

ROWS = 20_000 if FULL else 2_000
KILLS = 20 if FULL else 4
CHUNK = 20
SECONDS = 600 if FULL else 60

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.mark.parametrize("database", DATABASES)
def test_an_import_survives_kill_9_of_its_workers(tmp_path, database):
    since = time.monotonic()
    with site(tmp_path, database=database) as opened:
        import_under_fire(opened, "drill.import")
        chunks = -(-ROWS // CHUNK)
        opened.wait(
            lambda: opened.ask("SELECT count(*) FROM drill_heard") >= chunks,
            seconds=SECONDS,
            what="every event is heard",
        )
        result = counted(opened, ROWS)
        result["events"] = opened.ask("SELECT count(*) FROM jobs_outboxevent") - chunks
        result["heard"] = opened.ask("SELECT count(*) FROM drill_heard") - chunks
    promise(f"R3 {database}", n=ROWS, bad=sum(map(abs, result.values())), since=since)
    assert result == {"lost": 0, "twice": 0, "events": 0, "heard": 0}


def test_control_a_cursor_in_a_transaction_of_its_own_applies_rows_twice(tmp_path):
    since = time.monotonic()
    with site(tmp_path) as opened:
        import_under_fire(opened, "drill.import_torn")
        result = counted(opened, ROWS)
    promise("R3 control torn", n=ROWS, bad=result["twice"], since=since)
    assert result["twice"] > 0


@pytest.mark.parametrize("database", DATABASES)
def test_a_frozen_worker_that_wakes_after_its_lease_commits_nothing(tmp_path, database):
    since = time.monotonic()
    with site(tmp_path, database=database) as opened:
        import_with_a_zombie(opened, "drill.import")
        result = counted(opened, ROWS)
    promise(f"R3 zombie {database}", n=ROWS, bad=sum(result.values()), since=since)
    assert result == {"lost": 0, "twice": 0}


@pytest.mark.postgres
def test_control_without_the_lease_check_a_frozen_worker_applies_rows_twice(tmp_path):
    since = time.monotonic()
    with site(tmp_path, database="postgres") as opened:
        import_with_a_zombie(opened, "drill.import_unfenced")
        result = counted(opened, ROWS)
    promise("R3 control unfenced", n=ROWS, bad=result["twice"], since=since)
    assert result["twice"] > 0


def import_under_fire(opened: Site, kind: str) -> None:
    """Run one import; kill a worker each time that another part of the rows is done."""
    enqueue(opened, kind)
    opened.start_worker(beat=True)
    opened.start_worker(beat=False)
    for kill in range(1, KILLS + 1):
        wait_for_rows(opened, kill * ROWS // (KILLS + 1))
        opened.wait(lambda: bool(working(opened)), seconds=SECONDS, what="somebody is at work")
        # Anywhere in a chunk; the one at work is killed every time, the idle one now and then.
        time.sleep(random.random() * 0.02)
        for worker in list(opened.workers) if kill % 4 == 0 else working(opened):
            opened.kill(worker)
            opened.start_worker(beat=True)
    wait_until_done(opened, kind)
    died = "SELECT count(*) FROM jobs_failure f JOIN jobs_job j ON j.id = f.job_id"
    assert opened.ask(f"{died} WHERE j.kind = '{kind}'") == KILLS


def import_with_a_zombie(opened: Site, kind: str) -> None:
    """Run one import; freeze its worker past its lease, then let it go on beside its successor."""
    enqueue(opened, kind)
    opened.start_worker(beat=True)
    opened.start_worker(beat=True)
    wait_for_rows(opened, ROWS // 10)
    (frozen,) = working(opened)
    freeze(opened, frozen)
    done = opened.ask("SELECT done FROM jobs_job WHERE kind LIKE 'drill.import%'")
    wait_for_rows(opened, done + 2 * CHUNK)
    frozen.send_signal(signal.SIGCONT)
    wait_until_done(opened, kind)
    time.sleep(1)


def freeze(opened: Site, worker) -> None:
    """Stop a worker between two transactions, so that what it holds is its lease alone."""
    for _ in range(500):
        worker.send_signal(signal.SIGSTOP)
        opened.wait(lambda: stands_still(worker.pid), seconds=SECONDS, what="the worker stands")
        if opened.is_writable():
            return
        worker.send_signal(signal.SIGCONT)
        time.sleep(random.random() * 0.02)
    raise AssertionError("never between two transactions")


def stands_still(pid: int) -> bool:
    """Whether every thread has stopped: the signal returns before the last of them has."""
    states = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(stat.read_text().rpartition(")")[2].split()[0] == "T" for stat in states)


def working(opened: Site):
    owner = opened.ask("SELECT lease_owner FROM jobs_job WHERE kind LIKE 'drill.import%'") or ""
    return [worker for worker in opened.workers if f"/{worker.pid}/" in owner]


def enqueue(opened: Site, kind: str) -> None:
    opened.python(f"from core.jobs import enqueue\nenqueue('{kind}', {{'rows': {ROWS}}})")


def wait_for_rows(opened: Site, rows: int) -> None:
    opened.wait(
        lambda: opened.ask("SELECT done FROM jobs_job WHERE kind LIKE 'drill.import%'") >= rows,
        seconds=SECONDS,
        what=f"{rows} rows are done",
    )


def wait_until_done(opened: Site, kind: str) -> None:
    opened.wait(
        lambda: opened.ask(f"SELECT state FROM jobs_job WHERE kind = '{kind}'") == "done",
        seconds=SECONDS,
        what="the import is done",
    )
