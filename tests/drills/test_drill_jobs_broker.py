"""The broker is emptied in the middle of the work: the database owns the jobs, so none is lost."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from jobs_site import FULL, Site, counted, promise, site

JOBS = 2_000 if FULL else 200
SECONDS = 300 if FULL else 60

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]


def empty_folder(folder: Path) -> Callable[[], None]:
    def empty() -> None:
        for name in ("queue", "control", "processed"):
            shutil.rmtree(folder / "broker" / name, ignore_errors=True)
            (folder / "broker" / name).mkdir(parents=True, exist_ok=True)

    return empty


def empty_redis(folder: Path) -> Callable[[], None]:
    import redis

    return redis.Redis.from_url(os.environ["HAITAO_TEST_REDIS_URL"]).flushdb


def empty_rabbitmq(folder: Path) -> Callable[[], None]:
    from kombu import Connection

    def empty() -> None:
        with Connection(os.environ["HAITAO_TEST_RABBITMQ_URL"]) as connection:
            channel = connection.default_channel
            channel.queue_declare("celery", durable=True, auto_delete=False)
            channel.queue_purge("celery")

    return empty


BROKERS = [
    pytest.param(("", empty_folder), id="filesystem"),
    pytest.param(("HAITAO_TEST_REDIS_URL", empty_redis), id="redis", marks=pytest.mark.redis),
    pytest.param(
        ("HAITAO_TEST_RABBITMQ_URL", empty_rabbitmq), id="rabbitmq", marks=pytest.mark.rabbitmq
    ),
]


@pytest.mark.parametrize("broker", BROKERS)
def test_all_jobs_are_done_once_although_the_broker_was_emptied(tmp_path, broker):
    since, (address, emptier) = time.monotonic(), broker
    with site(tmp_path, broker=os.environ.get(address, "")) as opened:
        empty = emptier(tmp_path)
        empty()
        enqueue(opened, 0, JOBS // 2)
        empty()
        opened.start_worker(beat=True)
        opened.start_worker(beat=False)
        wait_for_effects(opened, JOBS // 4)
        empty()
        enqueue(opened, JOBS // 2, JOBS)
        empty()
        wait_for_effects(opened, JOBS)
        result = counted(opened, JOBS)
        result["live"] = opened.ask(
            "SELECT count(*) FROM jobs_job WHERE state != 'done' AND kind = 'drill.one'"
        )
        empty()
    promise(f"R4 {emptier.__name__}", n=JOBS, bad=sum(result.values()), since=since)
    assert result == {"lost": 0, "twice": 0, "live": 0}


def test_control_work_that_only_the_broker_knows_of_is_lost(tmp_path):
    since = time.monotonic()
    with site(tmp_path) as opened:
        opened.python(
            f"from drillapp.work import alone\nfor n in range({JOBS}):\n    alone.delay(n)\n"
        )
        opened.start_worker(beat=True)
        wait_for_effects(opened, JOBS // 4)
        empty_folder(tmp_path)()
        time.sleep(6)
        result = counted(opened, JOBS)
    promise("R4 control", n=JOBS, bad=result["lost"], since=since)
    assert result["lost"] > 0


def enqueue(opened: Site, start: int, end: int) -> None:
    opened.python(
        "from core.jobs import enqueue\n"
        f"for n in range({start}, {end}):\n    enqueue('drill.one', {{'number': n}})\n"
    )


def wait_for_effects(opened: Site, count: int) -> None:
    opened.wait(
        lambda: opened.ask("SELECT count(*) FROM drill_effect") >= count,
        seconds=SECONDS,
        what=f"{count} effects",
    )
