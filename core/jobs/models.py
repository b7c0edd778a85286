"""The rows that own all work: jobs, their failures, the outbox, consumptions, schedules."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.jobs.types import Event
from core.shared.clock import now
from core.shared.ids import new_id


class Job(models.Model):
    """One piece of work. ``fence`` grows with each claim: only its latest holder can commit.

    ``attempts`` counts starts since the last committed progress, so that a long import survives
    any number of restarts while a poisoned row is still parked. ``again`` asks for one more run
    because there was news while it ran. ``message`` is text by language.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        PARKED = "parked", _("parked")

    LIVE = (State.QUEUED, State.RUNNING)
    GIVEN_UP = (State.FAILED, State.PARKED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(_("payload"), default=dict)
    key = models.CharField(_("key"), max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fence = models.PositiveIntegerField(default=0)
    again = models.BooleanField(default=False)
    run_after = models.DateTimeField(_("run after"), default=now)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    cursor = models.JSONField(default=dict)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    done_before = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(_("total"), null=True, blank=True)
    message = models.JSONField(_("message"), default=dict)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    progress_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["queued", "running"]) & ~Q(key=""),
                name="job_live_key",
            ),
        )
        indexes = (
            models.Index(fields=["run_after", "id"], name="job_due", condition=Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_lease", condition=Q(state="running")),
            models.Index(fields=["state", "finished_at"], name="job_state"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Failure(models.Model):
    """One attempt that failed: what was raised, or that the worker never came back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="failures")
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    at = models.DateTimeField(_("at"), default=now)
    error = models.TextField(_("error"))
    trace = models.TextField(_("trace"), blank=True)
    worker = models.CharField(_("worker"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("job failure")
        verbose_name_plural = _("job failures")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.error[:120]


class OutboxEvent(models.Model):
    """News, written in the transaction that made it true; ``dispatched_at`` when it became jobs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(_("payload"), default=dict)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"), default=now)
    dispatched_at = models.DateTimeField(_("dispatched"), null=True, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-at", "-id")
        indexes = (
            models.Index(
                fields=["id"], name="event_waiting", condition=Q(dispatched_at__isnull=True)
            ),
            models.Index(fields=["dispatched_at"], name="event_dispatched"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def value(self) -> Event:
        """The frozen value that subscribers receive."""
        return Event(
            id=str(self.id),
            kind=self.kind,
            payload=self.payload,
            channel=self.channel,
            subject=self.subject,
            at=self.at,
        )


class Consumption(models.Model):
    """Proof that a subscriber has had an event: written in the transaction of the effect."""

    subscriber = models.CharField(max_length=160)
    event = models.UUIDField()
    at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        verbose_name = _("consumption")
        verbose_name_plural = _("consumptions")
        constraints = (
            models.UniqueConstraint(fields=["subscriber", "event"], name="consumed_once"),
        )

    def __str__(self) -> str:
        return f"{self.subscriber} {self.event}"


class ScheduleState(models.Model):
    """When a schedule is next due; ticks that were missed collapse into one."""

    key = models.CharField(_("key"), max_length=160, primary_key=True)
    next_at = models.DateTimeField(_("next"))
    last_at = models.DateTimeField(_("last"), null=True, blank=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key
