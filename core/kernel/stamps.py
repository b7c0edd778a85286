"""Tells every process that what is switched on has changed.

One row gets a new random value, which no other transaction can have; it is mirrored in the cache
for two seconds. A process looks at most once a second, so a change acts everywhere within five
seconds, with or without a shared cache.
"""

from __future__ import annotations

import contextlib
import secrets

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

from core.kernel.models import VersionStamp

NAME = "plugins"
CACHE_KEY = "kernel:stamp"
MIRROR_SECONDS = 2

_unsettled = False


def bump() -> None:
    """Say that what is switched on changed, inside the caller's transaction."""
    global _unsettled
    VersionStamp.objects.update_or_create(name=NAME, defaults={"value": secrets.randbits(60)})
    _unsettled = True
    transaction.on_commit(_mirror, robust=True)


def current() -> int:
    """Return the stamp; -1 where the database cannot be asked.

    The process that changed something asks the database until its transaction has ended.
    """
    if not _unsettled:
        with contextlib.suppress(Exception):
            mirrored = cache.get(CACHE_KEY)
            if mirrored is not None:
                return int(mirrored)
    value = _stored()
    if value >= 0 and not _unsettled:
        with contextlib.suppress(Exception):
            cache.set(CACHE_KEY, value, MIRROR_SECONDS)
    return value


def settle() -> None:
    """Forget that this process changed something: its transaction is over."""
    global _unsettled
    _unsettled = False


def _mirror() -> None:
    settle()
    with contextlib.suppress(Exception):
        cache.set(CACHE_KEY, _stored(), MIRROR_SECONDS)


def _stored() -> int:
    row = VersionStamp.objects.filter(name=NAME).values_list("value", flat=True)
    try:
        if connection.in_atomic_block:
            with transaction.atomic():
                return row.first() or 0
        return row.first() or 0
    except DatabaseError:
        return -1
