"""What suppliers pushed, and what was found in it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.shared.clock import now
from core.shared.ids import new_id
from suppliers.models.parties import Supplier

FEED_PREFIX = "fd_"


class Feed(models.Model):
    """One push of a file: what arrived, how it was read, how it ended.

    ``header`` is what a table's first line said, so that rejected rows can be sent back in the
    same form. ``summary`` holds the counters of the report, ``by_code`` its issues by code,
    ``held`` why deletions wait. ``sequence`` orders the pushes of a scope where the supplier
    numbers them.
    """

    class Type(models.TextChoices):
        FULL = "full", _("full")
        DELTA = "delta", _("changes only")

    class ErrorPolicy(models.TextChoices):
        REJECT_FAILED_ROWS = "reject_failed_rows", _("leave out faulty rows")
        REJECT_ALL = "reject_all", _("refuse the file when a row is faulty")

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        SCANNING = "scanning", _("being checked")
        APPLYING = "applying", _("being applied")
        HELD = "held", _("waiting for confirmation")
        DONE = "done", _("done")
        DONE_WITH_ERRORS = "done_with_errors", _("done, with faulty rows")
        REJECTED = "rejected", _("refused")
        FAILED = "failed", _("failed on our side")
        CANCELLED = "cancelled", _("cancelled")
        SUPERSEDED = "superseded", _("overtaken by a newer file")
        UNCHANGED = "unchanged", _("unchanged")

    RUNNING = (Status.RECEIVED, Status.SCANNING, Status.APPLYING)
    APPLIED = (Status.DONE, Status.DONE_WITH_ERRORS, Status.HELD)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="feeds")
    scope = models.CharField(_("scope"), max_length=80, default="main")
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.FULL)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.RECEIVED)
    fault = models.CharField(_("whose fault"), max_length=10, default="none")
    dialect_hint = models.CharField(max_length=60, blank=True)
    dialect = models.CharField(_("format"), max_length=60, blank=True)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    encoding_source = models.CharField(max_length=12, blank=True)
    header = models.JSONField(default=dict)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    stored_as = models.CharField(max_length=200, blank=True)
    sequence = models.BigIntegerField(_("sequence"), null=True, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)
    language = models.CharField(max_length=12, blank=True)
    default_currency = models.CharField(max_length=3, blank=True)
    dry_run = models.BooleanField(_("dry run"), default=False)
    error_policy = models.CharField(
        max_length=20, choices=ErrorPolicy, default=ErrorPolicy.REJECT_FAILED_ROWS
    )
    summary = models.JSONField(_("summary"), default=dict)
    by_code = models.JSONField(default=list)
    held = models.JSONField(null=True, blank=True)
    issues_truncated = models.BooleanField(default=False)
    job = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField(_("received"), default=now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ("-received_at", "-id")
        indexes = (
            models.Index(fields=["supplier", "scope", "-received_at"], name="feed_of_scope"),
        )

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """The id that suppliers see: ``fd_`` and 32 hexadecimal digits."""
        return f"{FEED_PREFIX}{self.id.hex}"

    @property
    def is_running(self) -> bool:
        """Whether the report can still change by itself."""
        return self.status in self.RUNNING

    @staticmethod
    def id_of(public_id: str) -> uuid.UUID | None:
        """Return the row's id of a public one, or None when it is none."""
        text = public_id.removeprefix(FEED_PREFIX)
        try:
            return uuid.UUID(hex=text) if len(text) == 32 and text.isascii() else None
        except ValueError:
            return None


class FeedScope(models.Model):
    """The gate of one scope: at most one feed is applied at a time, and never an older one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="scopes")
    scope = models.CharField(max_length=80)
    running = models.ForeignKey(
        Feed, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_applied = models.ForeignKey(
        Feed, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_sequence = models.BigIntegerField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["supplier", "scope"], name="scope_once"),)

    def __str__(self) -> str:
        return f"{self.supplier_id} / {self.scope}"


class FeedIssue(models.Model):
    """One finding about one row. ``message`` is set where the code table has none."""

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField(_("row"), null=True)
    line = models.PositiveBigIntegerField(_("line"), null=True)
    col = models.PositiveIntegerField(null=True)
    locator = models.CharField(max_length=200, blank=True)
    sku = models.CharField(_("SKU"), max_length=64, blank=True)
    code = models.CharField(_("code"), max_length=40)
    severity = models.CharField(_("severity"), max_length=8)
    attribute = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=130, blank=True)
    expected = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=16)
    message = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("feed issue")
        verbose_name_plural = _("feed issues")
        ordering = ("id",)
        indexes = (models.Index(fields=["feed", "code"], name="issue_of_code"),)

    def __str__(self) -> str:
        return f"{self.code} {self.row or ''}"


class RejectedRow(models.Model):
    """A record that was not applied, as the supplier wrote it, so that it can be sent back."""

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="rejected_rows")
    row = models.PositiveIntegerField()
    raw = models.TextField()
    codes = models.CharField(max_length=300)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.feed_id} {self.row}"


class PushAnswer(models.Model):
    """The answer that was given to an Idempotency-Key, to be given again for 72 hours."""

    id = models.BigAutoField(primary_key=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    created_at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["supplier", "route", "key"], name="answer_once"),
        )

    def __str__(self) -> str:
        return self.key
