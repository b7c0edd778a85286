"""Who is signed in, for the verb ``current_buyer``. Web middleware says it, nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.buyers.queries import buyer_of, view_of
from core.pluginapi import BuyerView, ChannelRef

_user: ContextVar[object] = ContextVar("haitao_current_user", default=None)


@contextmanager
def signed_in(user: object) -> Iterator[None]:
    """Make ``user`` the current one for the block; anonymous users count as nobody.

    Nothing is read until somebody asks: a lazy ``request.user`` stays lazy.
    """
    token = _user.set(user)
    try:
        yield
    finally:
        _user.reset(token)


def current_buyer() -> BuyerView | None:
    """Return the buyer of the current request, or None outside one or when nobody signed in."""
    buyer = buyer_of(_user.get())
    return view_of(buyer) if buyer else None


def current_buyer_verb(plugin: str, channel: ChannelRef | None) -> BuyerView | None:
    """Answer ``ctx.verbs.current_buyer()``."""
    return current_buyer()
