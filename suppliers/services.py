"""What changes suppliers and feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from core.accounts.models import User
from core.accounts.services import IssuedKey, issue_key, record
from core.jobs import emit, enqueue
from core.shared.clock import now
from core.shared.ids import new_id
from suppliers.apply import gate
from suppliers.apply.tally import Tally
from suppliers.errors import SupplierError
from suppliers.intake.errors import FeedRefused
from suppliers.intake.store import discard, keep
from suppliers.models import Feed, Supplier, SupplierMember
from suppliers.normalise.draft import tidy_sku
from suppliers.normalise.prices import decimals
from suppliers.normalise.prose import has_invisible

OWNER_KIND = "supplier"
SCOPES = ("feeds",)
SCOPE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9/_.:-]{0,79}$")
LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
SEQUENCE_MAX = 2**62


class CreatedSupplier(NamedTuple):
    """A new supplier and its test key, whose plaintext is shown once."""

    supplier: Supplier
    key: IssuedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """How a file is to be taken. ``sequence`` orders the files of a scope, None by arrival."""

    file_name: str = ""
    content_type: str = ""
    type: str = "full"
    scope: str = "main"
    dialect: str = ""
    sequence: int | None = None
    dry_run: bool = False
    error_policy: str = "reject_failed_rows"
    language: str = ""
    default_currency: str = ""
    idempotency_key: str = ""


@transaction.atomic
def open_supplier(
    name: str, *, kind: str = Supplier.Kind.COMPANY, actor: str = "command", **fields: object
) -> Supplier:
    """Open a supplier's account. Raises SupplierError for a name or kind that cannot be."""
    name = tidy_sku(name)
    if not name or len(name) > 120 or has_invisible(name):
        raise SupplierError("name_invalid", "A supplier's name has 1 to 120 visible characters.")
    if kind not in Supplier.Kind.values:
        raise SupplierError("kind_unknown", f"A kind is one of: {', '.join(Supplier.Kind.values)}.")
    supplier = Supplier.objects.create(name=name, kind=kind, **fields)
    record(actor, "supplier.created", f"supplier:{supplier.pk}", kind=kind)
    return supplier


@transaction.atomic
def create_supplier(
    name: str, *, kind: str = Supplier.Kind.COMPANY, actor: str = "command", **fields: object
) -> CreatedSupplier:
    """Open a supplier's account with a test key. Raises SupplierError like open_supplier."""
    supplier = open_supplier(name, kind=kind, actor=actor, **fields)
    return CreatedSupplier(supplier, new_test_key(supplier, actor=actor))


def new_test_key(supplier: Supplier, *, actor: str, name: str = "") -> IssuedKey:
    """Issue a test key for a supplier."""
    issued = issue_key(OWNER_KIND, supplier.pk, live=False, scopes=SCOPES, name=name[:80])
    record(actor, "supplier.key_issued", f"supplier:{supplier.pk}", prefix=issued.key.prefix)
    return issued


def join(supplier: Supplier, user: User, *, role: str = SupplierMember.Role.OWNER) -> None:
    """Let a person act for a supplier."""
    SupplierMember.objects.get_or_create(supplier=supplier, user=user, defaults={"role": role})


def receive_feed(supplier: Supplier, blocks: Iterable[bytes], *, push: Push, most: int) -> Feed:
    """Keep a pushed file and enqueue its intake; at most ``most`` bytes.

    Raises SupplierError for parameters that cannot be, FeedRefused for a file that is too large.
    """
    checked_push(supplier, push)
    feed = Feed(
        id=new_id(),
        supplier=supplier,
        scope=push.scope,
        type=push.type,
        dialect_hint=push.dialect[:60],
        file_name=_file_name(push.file_name),
        content_type=push.content_type[:120],
        sequence=push.sequence,
        idempotency_key=push.idempotency_key,
        dry_run=push.dry_run,
        error_policy=push.error_policy,
        language=push.language,
        default_currency=push.default_currency.upper(),
    )
    kept = keep(blocks, name=f"{supplier.pk.hex}/{feed.pk.hex}.raw", most=most)
    feed.stored_as, feed.sha256, feed.bytes = kept
    try:
        with transaction.atomic():
            feed.save(force_insert=True)
            gate.wake(feed)
    except BaseException:
        discard(kept.name)
        raise
    return feed


def confirm_feed(feed: Feed, *, actor: str) -> None:
    """Let a held feed take down what it no longer names. Raises SupplierError."""
    with transaction.atomic():
        scope = gate.scope_of(feed)
        if scope.last_applied_id != feed.pk:
            raise SupplierError("feed_overtaken", "A newer file of this scope was applied.")
        held = Feed.objects.filter(pk=feed.pk, status=Feed.Status.HELD)
        job = enqueue("feeds.confirm", {"feed": str(feed.pk)}, key=feed.pk.hex)
        if not held.update(status=Feed.Status.APPLYING, job=job.pk):
            raise SupplierError("feed_not_held", "Only a feed that waits can be confirmed.")
        record(actor, "feed.confirmed", f"feed:{feed.pk}")


def cancel_feed(feed: Feed, *, actor: str) -> None:
    """Give up the deletions of a held feed, or a feed that has not begun. Raises SupplierError."""
    with transaction.atomic():
        status = Feed.Status
        feeds = Feed.objects.filter(pk=feed.pk)
        ended = {"status": status.CANCELLED, "finished_at": now()}
        if feeds.filter(status=status.RECEIVED).update(summary=Tally().summary(), **ended):
            gate.release(feed)
        elif not feeds.filter(status=status.HELD).update(status=status.CANCELLED):
            raise SupplierError("feed_not_waiting", "This feed can no longer be cancelled.")
        emit("feed.finished", {"feed": str(feed.pk)}, subject=feed.public_id)
        record(actor, "feed.cancelled", f"feed:{feed.pk}")


def checked_push(supplier: Supplier, push: Push) -> None:
    """Raise SupplierError when a parameter of a push cannot be used."""
    if supplier.state != Supplier.State.ACTIVE:
        raise SupplierError("supplier_suspended", "This supplier is suspended.")
    rules = (
        (push.type in Feed.Type.values, "feed_type", f"one of {', '.join(Feed.Type.values)}"),
        (bool(SCOPE.match(push.scope)), "scope", "letters, digits and / _ . : -"),
        (
            push.error_policy in Feed.ErrorPolicy.values,
            "error_policy",
            f"one of {', '.join(Feed.ErrorPolicy.values)}",
        ),
        (not push.language or bool(LANGUAGE.match(push.language)), "language", "a BCP-47 tag"),
        (
            not push.default_currency or decimals(push.default_currency.upper()) is not None,
            "default_currency",
            "an ISO 4217 code",
        ),
        (
            push.sequence is None or 0 <= push.sequence < SEQUENCE_MAX,
            "sequence",
            "a whole number from 0",
        ),
    )
    for fits, name, expected in rules:
        if not fits:
            raise SupplierError(f"{name}_invalid", f"{name} is {expected}.")


def _file_name(name: str) -> str:
    """Keep a pushed file's own name for display only: no folders, nothing invisible."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable() and not has_invisible(sign))[:200]


__all__ = ["CreatedSupplier", "FeedRefused", "Push", "receive_feed"]
