"""A feed import under fire: workers are killed, no row is lost, none is applied twice."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jobs_site import FULL, Site, new_database, no_database

ROWS = 20_000 if FULL else 2_000
KILLS = 20 if FULL else 4
BATCH = 200 if FULL else 50
SECONDS = 600
DATABASES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
]

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]


@pytest.mark.parametrize("database", DATABASES)
def test_killed_workers_lose_no_row_and_repeat_none(tmp_path: Path, database: str) -> None:
    with feed_site(tmp_path, database) as opened:
        push(opened, write_feed(tmp_path / "feed.csv"))
        import_under_fire(opened)
        assert opened.ask("SELECT status FROM suppliers_feed") == "done_with_errors"
        assert opened.ask("SELECT count(*) FROM suppliers_stagedoffer") == ROWS
        assert opened.ask("SELECT count(DISTINCT row) FROM suppliers_stagedoffer") == ROWS
        found = opened.python(
            "from suppliers.models import Feed, FeedIssue, RejectedRow\n"
            "feed = Feed.objects.get()\n"
            "s = feed.summary\n"
            "print(s['rows_read'], s['created'], s['rejected'], s['duplicates'],"
            " s['balance_ok'], FeedIssue.objects.filter(code='PRICE_MISSING').count(),"
            " RejectedRow.objects.count())"
        )
        assert found.split() == [
            str(ROWS + 20), str(ROWS), "10", "10", "True", "10", "20",
        ]  # fmt: skip
        again = opened.python(
            "from core.jobs.models import OutboxEvent\n"
            "print(OutboxEvent.objects.filter(kind='feed.finished').count())"
        )
        assert again.strip() == "1"


def test_control_counting_outside_the_chunk_would_be_seen(tmp_path: Path) -> None:
    """The measure itself: a cursor set back after a kill makes the counts differ."""
    with feed_site(tmp_path, "sqlite") as opened:
        push(opened, write_feed(tmp_path / "feed.csv"))
        opened.start_worker(beat=True)
        wait_for(opened, ROWS // 4)
        worker = opened.workers[0]
        opened.kill(worker)
        opened.python(
            "from core.jobs.models import Job\n"
            "job = Job.objects.get(kind='feeds.intake')\n"
            f"job.cursor['row'] -= {BATCH}\n"
            "job.save(update_fields=['cursor'])"
        )
        opened.start_worker(beat=True)
        opened.wait(lambda: ended(opened), seconds=SECONDS, what="the feed ends")
        read = opened.python(
            "from suppliers.models import Feed\nprint(Feed.objects.get().summary['rows_read'])"
        )
        assert int(read) == ROWS + 20 + BATCH


@contextmanager
def feed_site(folder: Path, database: str) -> Iterator[Site]:
    """Open the whole site, with small batches and short leases."""
    with new_database() if database == "postgres" else no_database() as address:
        opened = Site(folder, database=address)
        opened.environment |= {
            "DJANGO_SETTINGS_MODULE": "core.conf.settings",
            "HAITAO_FEED_BATCH": str(BATCH),
            "HAITAO_FEED_LEASE_SECONDS": "3",
        }
        try:
            opened.migrate()
            yield opened
        finally:
            opened.close()


def write_feed(path: Path) -> Path:
    lines = ["sku,title,price,currency,brand,origin"]
    lines += [f"S{n:06d},Item {n},{n % 900 + 1}.50,EUR,B,JP" for n in range(ROWS)]
    lines += [f"BAD{n},Item,,EUR,B,JP" for n in range(10)]
    lines += [f"S{n:06d},Again,1.00,EUR,B,JP" for n in range(10)]
    path.write_text("\n".join(lines) + "\n")
    return path


def push(opened: Site, path: Path) -> None:
    opened.python(
        "from pathlib import Path\n"
        "from suppliers.services import Push, create_supplier, receive_feed\n"
        "supplier = create_supplier('Drill', language='en').supplier\n"
        f"data = Path({str(path)!r}).read_bytes()\n"
        "receive_feed(supplier, [data], push=Push(file_name='feed.csv'), most=1 << 30)"
    )


def import_under_fire(opened: Site) -> None:
    opened.start_worker(beat=True)
    opened.start_worker(beat=True)
    for kill in range(1, KILLS + 1):
        wait_for(opened, kill * ROWS // (KILLS + 1))
        time.sleep(random.random() * 0.02)
        owner = opened.ask("SELECT lease_owner FROM jobs_job WHERE kind = 'feeds.intake'") or ""
        busy = [worker for worker in opened.workers if f"/{worker.pid}/" in owner]
        for worker in busy or list(opened.workers)[:1]:
            opened.kill(worker)
            opened.start_worker(beat=True)
    opened.wait(lambda: ended(opened), seconds=SECONDS, what="the feed ends")


def wait_for(opened: Site, rows: int) -> None:
    def far_enough() -> bool:
        done = opened.ask("SELECT done FROM jobs_job WHERE kind = 'feeds.intake'") or 0
        return done >= rows or ended(opened)

    opened.wait(far_enough, seconds=SECONDS, what=f"{rows} rows")


def ended(opened: Site) -> bool:
    return opened.ask("SELECT status FROM suppliers_feed") not in (
        "received", "scanning", "applying",
    )  # fmt: skip
