"""``manage.py jobs``: what waits, what was given up and why, and another try."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from core.jobs import schedules, services
from core.jobs.errors import CannotRetry
from core.jobs.models import Failure, Job
from core.jobs.queries import progress

SWEEP_SECONDS = 5.0
IDLE_SECONDS = 0.5
MOST_LISTED = 10_000


class Command(BaseCommand):
    """List, show, retry and run jobs."""

    help = "List, show, retry and run jobs. With --json, standard output carries JSON alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the four actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="newest first")
        listing.add_argument("--state", choices=Job.State.values)
        listing.add_argument("--kind")
        listing.add_argument("--limit", type=int, default=50)
        show = actions.add_parser("show", help="one job with its failures")
        show.add_argument("id")
        retry = actions.add_parser("retry", help="give parked or failed jobs another try")
        retry.add_argument("id", nargs="*")
        retry.add_argument("--all", action="store_true", help="every parked job")
        run = actions.add_parser("run", help="run what is due in this process")
        run.add_argument("--limit", type=int, default=1000)
        run.add_argument("--watch", action="store_true", help="go on until interrupted, no broker")
        for action in (listing, show, retry, run):
            action.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked."""
        getattr(self, f"_{options['action']}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        jobs = Job.objects.all()
        if options["state"]:
            jobs = jobs.filter(state=options["state"])
        if options["kind"]:
            jobs = jobs.filter(kind=options["kind"])
        found = [as_dict(job) for job in jobs[: min(max(options["limit"], 0), MOST_LISTED)]]
        if options["json"]:
            self._json(found)
            return
        for job in found:
            self.stdout.write(
                f"{job['id']}  {job['state']:<7}  {job['attempts']}  {job['kind']}  {job['error']}"
            )
        if not found:
            self.stderr.write("No jobs.")

    def _show(self, options: dict[str, Any]) -> None:
        job = find(options["id"])
        shown = as_dict(job) | {
            "payload": job.payload,
            "cursor": job.cursor,
            "failures": [
                {"at": f.at.isoformat(), "attempt": f.attempt, "error": f.error, "trace": f.trace}
                for f in Failure.objects.filter(job=job)
            ],
        }
        if options["json"]:
            self._json(shown)
            return
        failures = shown.pop("failures")
        for name, value in shown.items():
            self.stdout.write(f"{name:<12} {value}")
        for failure in failures:
            self.stdout.write(
                f"\nattempt {failure['attempt']}, {failure['at']}: {failure['error']}"
            )
            self.stdout.write(failure["trace"])

    def _retry(self, options: dict[str, Any]) -> None:
        wanted = [find(given) for given in options["id"]]
        if options["all"]:
            wanted += Job.objects.filter(state=Job.State.PARKED)
        if not wanted:
            raise CommandError("Name the jobs to retry, or say --all.")
        retried = []
        for job in wanted:
            try:
                retried.append(as_dict(services.retry(job.pk)))
            except CannotRetry as error:
                raise CommandError(f"{job.pk}: {error}.") from None
        if options["json"]:
            self._json(retried)
        else:
            self.stdout.write(f"{len(retried)} queued again.")

    def _run(self, options: dict[str, Any]) -> None:
        if options["watch"]:
            watch()
        count = services.run_due(options["limit"])
        if options["json"]:
            self._json({"run": count})
        else:
            self.stdout.write(f"{count} run.")

    def _json(self, value: object) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))


def watch() -> None:
    """Sweep and run until interrupted: a worker that needs no broker."""
    swept = 0.0
    try:
        while True:
            if time.monotonic() - swept > SWEEP_SECONDS:
                schedules.tick()
                swept = time.monotonic()
            if not services.run_due():
                time.sleep(IDLE_SECONDS)
    except KeyboardInterrupt:
        return


def find(given: str) -> Job:
    """Return the job with this id. Raises CommandError."""
    try:
        return Job.objects.get(pk=UUID(given))
    except (ValueError, Job.DoesNotExist):
        raise CommandError(
            f"There is no job {given!r}; `manage.py jobs list` names them."
        ) from None


def as_dict(job: Job) -> dict[str, Any]:
    """Return a job as JSON."""
    told = progress(job)
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "key": job.key,
        "channel": job.channel,
        "state": job.state,
        "attempts": job.attempts,
        "done": job.done,
        "total": job.total,
        "percent": told.percent,
        "message": told.message,
        "error": job.error,
        "run_after": job.run_after.isoformat(),
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }
