"""Takes one feed from received to its end, in chunks that no killed worker loses or repeats.

Phases, kept in the job's cursor: scan (nothing is written but the feed's state), rows, vanish.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from core.jobs import JobContext, emit
from core.pluginapi import RawRow
from core.shared.clock import now
from suppliers.apply import gate, vanish
from suppliers.apply.checks import PluginChecks
from suppliers.apply.judge import Judge, Verdicts
from suppliers.apply.known import known_offers
from suppliers.apply.setting import channels_of, facts_of, pipeline_version
from suppliers.apply.storing import store, store_issues
from suppliers.apply.tally import Tally, issue_of
from suppliers.intake.errors import FeedRefused
from suppliers.intake.reading import OpenedFeed, open_feed, read_rows
from suppliers.intake.store import forget_copies, path_of, work_copy
from suppliers.limits import limit
from suppliers.models import Feed, FeedScope
from suppliers.publish import publish_later

Status = Feed.Status
ENDED = ["status", "finished_at", "fault", "summary", "by_code", "issues_truncated", "held"]


class FeedRun:
    """One worker's attempt at one feed."""

    def __init__(self, feed: Feed, job: JobContext) -> None:
        self.feed = feed
        self.job = job
        self.tally = Tally.restored(job.cursor.get("tally"))
        self.work = work_copy(feed.stored_as)

    def go(self) -> None:
        """Do what is left to do. Raises PlatformFault or LeaseLost to be tried again."""
        try:
            self._go()
        except FeedRefused as refusal:
            self._refuse(refusal)
        finally:
            self.work.unlink(missing_ok=True)
        # Killed workers leave their copies behind; whoever ends the feed clears them away.
        forget_copies(self.feed.stored_as)

    def _go(self) -> None:
        if not self.job.cursor:
            if not self._enter():
                return
        opened = self._open()
        self._remember_format(opened)
        judge = self._judge(opened)
        if self.job.cursor.get("phase") in (None, "scan"):
            total = sum(1 for _ in self._read(opened))
            self._pass_scan(opened, total)
        rows = self._read(opened)
        for row in islice(rows, int(self.job.cursor.get("row", 0))):
            judge.remember(row)
        if self.job.cursor["phase"] == "rows":
            self._rows(rows, judge)
        self._finish(judge)

    def _read(self, opened: OpenedFeed) -> Iterator[RawRow]:
        """Read rows, and keep the lease through stretches that commit nothing."""
        beat = time.monotonic()
        for row in read_rows(opened):
            if time.monotonic() - beat > limit("LEASE_SECONDS") / 4:
                self.job.heartbeat()
                beat = time.monotonic()
            yield row

    # -- scan

    def _enter(self) -> bool:
        """Claim the scope, unless the feed is late or brings nothing new."""
        feed = self.feed
        with self.job.chunk() as chunk:
            if feed.dry_run:
                self._start(chunk)
                return True
            if gate.is_late(feed):
                gate.supersede(feed)
                self._tell()
                return False
            if not gate.claim(feed):
                return False
            if self._brings_nothing():
                gate.end(feed, Status.UNCHANGED, Tally())
                FeedScope.objects.filter(running=feed).update(seen_at=now())
                gate.release(feed)
                self._tell()
                return False
            self._start(chunk)
        return True

    def _start(self, chunk: Any) -> None:
        self.feed.status, self.feed.started_at = Status.SCANNING, now()
        self.feed.save(update_fields=["status", "started_at"])
        chunk.save(cursor={"phase": "scan"}, done=0)

    def _brings_nothing(self) -> bool:
        last = gate.scope_of(self.feed).last_applied
        return (
            last is not None
            and last.sha256 == self.feed.sha256
            and last.type == self.feed.type
            and last.summary.get("pipeline") == pipeline_version(self.feed, last.dialect).hex()
        )

    def _open(self) -> OpenedFeed:
        return open_feed(
            path_of(self.feed.stored_as),
            work=self.work,
            name=self.feed.file_name,
            content_type=self.feed.content_type,
            dialect=self.feed.dialect_hint,
        )

    def _remember_format(self, opened: OpenedFeed) -> None:
        feed = self.feed
        feed.dialect, feed.encoding = opened.label, opened.encoding
        feed.encoding_source = opened.encoding_source
        columns = list(opened.header.columns)
        feed.header = {"columns": columns, "delimiter": opened.header.delimiter}
        feed.save(update_fields=["dialect", "encoding", "encoding_source", "header"])

    def _judge(self, opened: OpenedFeed) -> Judge:
        feed = self.feed
        return Judge(
            facts=facts_of(feed, opened.header),
            checks=PluginChecks(feed.supplier.view, channels_of(feed)),
            version=pipeline_version(feed, opened.label),
            tally=self.tally,
        )

    def _pass_scan(self, opened: OpenedFeed, total: int) -> None:
        """The whole file can be read: from here on rows are applied."""
        if total == 0 and not self._may_hold_empty():
            raise FeedRefused("DATA_EMPTY")
        if self.feed.error_policy == Feed.ErrorPolicy.REJECT_ALL and self._has_faulty_rows(opened):
            raise FeedRefused("DATA_ROW_ERRORS")
        self._say_about_feed(opened)
        with self.job.chunk() as chunk:
            Feed.objects.filter(pk=self.feed.pk).update(status=Status.APPLYING)
            store_issues(self.feed, self.tally.take_issues(), None)
            chunk.save(cursor=self._cursor("rows", 0), done=0, total=total)
        self.feed.status = Status.APPLYING

    def _say_about_feed(self, opened: OpenedFeed) -> None:
        facts = facts_of(self.feed, opened.header)
        if opened.encoding_source == "guess":
            self.tally.add(issue_of("DATA_ENCODING_GUESSED", opened.encoding))
        if not facts.language:
            self.tally.add(issue_of("LANG_MISSING"))

    def _may_hold_empty(self) -> bool:
        return self.feed.type == Feed.Type.FULL and bool(
            vanish.find_vanished(self.feed, ()).gone_active
        )

    def _has_faulty_rows(self, opened: OpenedFeed) -> bool:
        trial = self._judge(opened)
        trial.tally = Tally()
        rows = self._read(opened)
        while batch := list(islice(rows, limit("BATCH"))):
            trial.judge(batch, self._known(trial, batch))
            trial.tally.take_issues()
        return bool(trial.tally.counts["rejected"] or trial.tally.counts["duplicates"])

    # -- rows

    def _rows(self, rows: Iterator[RawRow], judge: Judge) -> None:
        while batch := list(islice(rows, limit("BATCH"))):
            verdicts = judge.judge(batch, self._known(judge, batch))
            with self.job.chunk() as chunk:
                self._write(verdicts)
                done = self.tally.counts["rows_read"]
                chunk.save(cursor=self._cursor("rows", done), done=done)

    def _known(self, judge: Judge, batch: list[RawRow]) -> Any:
        return known_offers(self.feed.supplier_id, self.feed.scope, judge.skus(batch))

    def _write(self, verdicts: Verdicts) -> None:
        if not self.feed.dry_run:
            store(self.feed, verdicts)
        store_issues(self.feed, self.tally.take_issues(), verdicts)
        Feed.objects.filter(pk=self.feed.pk).update(summary=self.tally.summary())

    def _cursor(self, phase: str, row: int) -> dict[str, Any]:
        return {"phase": phase, "row": row, "tally": self.tally.saved()}

    # -- vanish and end

    def _finish(self, judge: Judge) -> None:
        hold = None
        if self.feed.type == Feed.Type.FULL:
            hold = self._vanish(judge)
        status = self._status(hold)
        with self.job.chunk() as chunk:
            if hold is not None:
                code = "DATA_EMPTY" if not self.tally.counts["rows_read"] else hold.code
                self.tally.add(issue_of(code, hold.value))
            self._close(status, hold, judge.version)
            chunk.save(cursor=self._cursor("ended", self.tally.counts["rows_read"]))

    def _vanish(self, judge: Judge) -> vanish.Hold | None:
        vanished = vanish.find_vanished(self.feed, judge.seen)
        decided = self.job.cursor.get("phase") == "vanish"
        hold = None if decided else vanish.guard(self.feed, self.tally, vanished)
        if not decided:
            self.tally.counts["vanished"] = len(vanished.gone_active)
        if hold is not None or self.feed.dry_run:
            return hold
        for archive, keys in ((False, vanished.gone_active), (True, vanished.gone_missing)):
            for batch in vanish.batches(keys):
                with self.job.chunk() as chunk:
                    self.tally.counts["soft_deleted"] += vanish.take_down(
                        batch, self.feed, archive=archive
                    )
                    row = self.tally.counts["rows_read"]
                    chunk.save(cursor=self._cursor("vanish", row))
        return None

    def _status(self, hold: vanish.Hold | None) -> str:
        if hold is not None and not self.feed.dry_run:
            return Status.HELD
        bad = self.tally.counts["rejected"] + self.tally.counts["duplicates"]
        return Status.DONE_WITH_ERRORS if bad or hold is not None else Status.DONE

    def _close(self, status: str, hold: vanish.Hold | None, version: bytes) -> None:
        feed, moment = self.feed, now()
        store_issues(feed, self.tally.take_issues(), None)
        feed.status, feed.finished_at = status, moment
        feed.fault = "supplier" if status == Status.DONE_WITH_ERRORS else "none"
        feed.summary = self._summary(version)
        feed.by_code = self.tally.by_code()
        feed.issues_truncated = self.tally.truncated
        feed.held = {"code": hold.code, "vanished": hold.value} if hold is not None else None
        feed.save(update_fields=ENDED)
        if feed.dry_run:
            return
        self._note_applied()
        gate.release(feed)
        publish_later(feed)
        self._tell()

    def _note_applied(self) -> None:
        scopes = FeedScope.objects.filter(pk=gate.scope_of(self.feed).pk)
        changes: dict[str, Any] = {"last_applied": self.feed, "seen_at": self.feed.finished_at}
        if self.feed.sequence is not None:
            changes["last_sequence"] = self.feed.sequence
        scopes.update(**changes)

    def _summary(self, version: bytes) -> dict[str, Any]:
        summary = self.tally.summary()
        started = self.feed.started_at
        seconds = (now() - started).total_seconds() if started else 0
        rows = self.tally.counts["rows_read"]
        return summary | {
            "rows_per_s": int(rows / seconds) if seconds > 0 else None,
            "currencies": self.tally.currencies,
            "pipeline": version.hex(),
        }

    def _tell(self) -> None:
        emit("feed.finished", {"feed": str(self.feed.pk)}, subject=self.feed.public_id)

    def _refuse(self, refusal: FeedRefused) -> None:
        """End the feed by the supplier's fault; whatever was written before stays as reported."""
        line = next(
            (int(word) for word in refusal.place.replace(",", " ").split() if word.isdigit()), None
        )
        value = refusal.value
        tally = self.tally if self.job.cursor.get("phase") == "rows" else Tally()
        tally.add(
            issue_of(refusal.code, value, refusal.expected, line=line, locator=refusal.place[:200])
        )
        with self.job.chunk() as chunk:
            gate.end(self.feed, Status.REJECTED, tally, fault="supplier")
            if not self.feed.dry_run:
                gate.release(self.feed)
                self._tell()
            chunk.save(cursor=self._cursor("ended", 0))
