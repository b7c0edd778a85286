"""Workers are killed while they take a feed in: every row is there, once, and counted."""

from __future__ import annotations

import json
import random
import time

import pytest
from jobs_site import FULL, Site, promise, site

ROWS = 20_000 if FULL else 2_000
KILLS = 20 if FULL else 4
BATCH = 100 if FULL else 25
SECONDS = 900 if FULL else 120

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1200)]

PUSH = """
from pathlib import Path
from suppliers.services import Push, create_supplier, receive_feed
made = create_supplier("Drill")
lines = ["sku,title,price,currency,availability"]
lines += [f"S{n},Article {n},{n % 90 + 10}.50,EUR,in_stock" for n in range(ROWS)]
content = "\\n".join(lines).encode() + b"\\n"
receive_feed(made.supplier, [content], push=Push(file_name="drill.csv"), most=len(content))
"""

REPORT = """
import json
from suppliers.models import Feed
from suppliers.report import report
feed = Feed.objects.get()
print(json.dumps(report(feed, feed.issues.all()), default=str))
"""


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_a_feed_survives_kill_9_of_the_workers_that_take_it_in(tmp_path, database):
    since = time.monotonic()
    environment = {"DJANGO_SETTINGS_MODULE": "core.conf.settings", "HAITAO_FEED_BATCH": str(BATCH)}
    with site(tmp_path, database=database, environment=environment) as opened:
        opened.python(f"ROWS = {ROWS}\n{PUSH}")
        kill_while_it_runs(opened)
        said = json.loads(opened.python(REPORT).splitlines()[-1])
        rows = opened.ask("SELECT count(*) FROM suppliers_stagedoffer")
        ended = "SELECT count(*) FROM jobs_outboxevent WHERE kind = 'feed.finished'"
        news = opened.ask(ended)
    summary = said["summary"]
    bad = abs(ROWS - rows) + abs(ROWS - summary["rows_read"]) + abs(ROWS - summary["created"])
    promise(f"R3 feed {database}", n=ROWS, bad=bad + abs(1 - news), since=since)
    assert (rows, summary["rows_read"], summary["created"], news) == (ROWS, ROWS, ROWS, 1)
    assert summary["balance_ok"]


def kill_while_it_runs(opened: Site) -> None:
    opened.start_worker(beat=True)
    opened.start_worker(beat=False)
    for kill in range(1, KILLS + 1):
        rows = kill * ROWS // (KILLS + 1)
        opened.wait(lambda rows=rows: done(opened) >= rows, seconds=SECONDS, what=f"{rows} rows")
        opened.wait(lambda: bool(at_work(opened)), seconds=SECONDS, what="somebody at work")
        time.sleep(random.random() * 0.1)
        for worker in at_work(opened):
            opened.kill(worker)
            opened.start_worker(beat=True)
    opened.wait(lambda: state(opened) == "done", seconds=SECONDS, what="the feed is taken in")
    died = "SELECT count(*) FROM jobs_failure f JOIN jobs_job j ON j.id = f.job_id"
    assert opened.ask(f"{died} WHERE j.kind = 'feeds.intake'") == KILLS


def done(opened: Site) -> int:
    return opened.ask("SELECT done FROM jobs_job WHERE kind = 'feeds.intake'")


def state(opened: Site) -> str:
    return opened.ask("SELECT state FROM jobs_job WHERE kind = 'feeds.intake'")


def at_work(opened: Site):
    owner = opened.ask("SELECT lease_owner FROM jobs_job WHERE kind = 'feeds.intake'") or ""
    return [worker for worker in opened.workers if f"/{worker.pid}/" in owner]
