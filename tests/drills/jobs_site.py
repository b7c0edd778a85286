"""A site of a drill's own: its database, its broker, and real worker processes to kill by id."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("HAITAO_DRILL_FULL") == "1"


class Site:
    """Runs commands and workers against one database and one broker."""

    def __init__(self, folder: Path, *, database: str = "", broker: str = "") -> None:
        self.folder = folder
        self.database = database
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
        } | {
            "HAITAO_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "drillapp.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}",
            "HAITAO_LOG_LEVEL": "WARNING",
        }
        if database:
            self.environment["DATABASE_URL"] = database
        if broker:
            self.environment["CELERY_BROKER_URL"] = broker
        self.workers: list[subprocess.Popen[bytes]] = []
        self.log = (folder / "workers.log").open("ab")

    def python(self, code: str) -> str:
        """Run ``code`` in a process that has Django set up; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def migrate(self) -> None:
        self.python(
            "from django.core.management import call_command\n"
            "call_command('migrate', run_syncdb=True, interactive=False, verbosity=0)"
        )

    def start_worker(self, *, beat: bool = False) -> subprocess.Popen[bytes]:
        """Start what ``make run`` starts: a worker with threads, with or without the schedule."""
        command = [sys.executable, "-m", "celery", "-A", "core.conf", "--quiet", "worker"]
        command += ["--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING"]
        command += ["--without-gossip", "--without-mingle", "-n", f"{secrets.token_hex(4)}@drill"]
        worker = subprocess.Popen(
            command + (["--beat"] if beat else []),
            cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log,
            start_new_session=True,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker, with the schedule that it runs as a child of its own."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.workers.remove(worker)

    def _jobs_are_free(self) -> bool:
        with psycopg.connect(self.database, autocommit=True) as connection:
            try:
                connection.execute("SELECT id FROM jobs_job FOR UPDATE NOWAIT")
            except psycopg.errors.LockNotAvailable:
                return False
        return True

    def ask(self, sql: str) -> Any:
        """Return the first column of the first row, from a connection outside of Django."""
        if self.database:
            with psycopg.connect(self.database, autocommit=True) as connection:
                row = connection.execute(sql).fetchone()  # type: ignore[arg-type]
        else:
            connection = sqlite3.connect(self.folder / "haitao.sqlite3", timeout=20)
            try:
                row = connection.execute(sql).fetchone()
            finally:
                connection.close()
        return row[0] if row else None

    def is_writable(self) -> bool:
        """Say whether another process can write to the jobs now.

        A process that stands still inside a transaction keeps its rows locked: all of them on
        SQLite, its own job on PostgreSQL, which no successor can take before the server notices.
        """
        if self.database:
            return self._jobs_are_free()
        connection = sqlite3.connect(self.folder / "haitao.sqlite3", timeout=0.1)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        finally:
            connection.close()
        return True

    def wait(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            died = self.workers and all(worker.poll() is not None for worker in self.workers)
            if died or time.monotonic() > deadline:
                log = (self.folder / "workers.log").read_text(errors="replace")[-3000:]
                raise AssertionError(f"{what}: not within {seconds} s\n{log}")
            time.sleep(0.05)

    def close(self) -> None:
        for worker in list(self.workers):
            self.kill(worker)
        self.log.close()


@contextmanager
def site(folder: Path, *, database: str = "sqlite", broker: str = "") -> Iterator[Site]:
    """Open a migrated site on SQLite, or on a new database of ``DATABASE_URL``'s server."""
    folder.mkdir(parents=True, exist_ok=True)
    with new_database() if database == "postgres" else no_database() as address:
        opened = Site(folder, database=address, broker=broker)
        try:
            opened.migrate()
            yield opened
        finally:
            opened.close()
            shutil.rmtree(folder / "broker", ignore_errors=True)


@contextmanager
def no_database() -> Iterator[str]:
    yield ""


@contextmanager
def new_database() -> Iterator[str]:
    parts = urlsplit(os.environ["DATABASE_URL"])._replace(scheme="postgresql")
    name = f"haitao_drill_{secrets.token_hex(4)}"
    admin = urlunsplit(parts)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def counted(opened: Site, expected: int) -> dict[str, int]:
    """Return how many of ``expected`` effects were lost, and how many were applied again."""
    every = opened.ask("SELECT count(*) FROM drill_effect")
    distinct = opened.ask("SELECT count(DISTINCT number) FROM drill_effect")
    return {"lost": expected - distinct, "twice": every - distinct}


def promise(name: str, *, n: int, bad: int, since: float) -> None:
    print(f"PROMISE {name} n={n} bad={bad} secs={time.monotonic() - since:.1f}")
