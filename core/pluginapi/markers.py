"""``hookimpl`` for authors, and how the platform declares a hook: a spec with a policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import pluggy

PROJECT = "haitao"
POLICY_ATTRIBUTE = "haitao_policy"

_hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Mark a function as the implementation of the hook of the same name."""

F = TypeVar("F", bound=Callable[..., object])


class Combine(Enum):
    """How the answers of several plug-ins become one."""

    COLLECT = "collect"
    FIRST = "first"
    ROUTE = "route"
    VERDICT = "verdict"
    EVENT = "event"
    SLOT = "slot"


class OnError(Enum):
    """What a failing implementation costs."""

    SKIP = "skip"
    """Its answer is left out and an incident is recorded."""
    HOLD = "hold"
    """A judgement that could not be made holds; it never allows."""
    RETRY = "retry"
    """The job is run again, five times at most, then parked with an incident."""
    REFUSE = "refuse"
    """The plug-in is not switched on."""


class Where(Enum):
    """In which process, and when, a hook runs."""

    BOOT = "boot"
    REQUEST = "request"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the dispatcher must know of a hook.

    ``budget_ms`` is the time after which a call counts as slow; ``currency_of`` names the argument
    whose ``currency`` every amount of the answer must have; ``db`` wraps the call in a savepoint.
    """

    combine: Combine
    on_error: OnError
    where: Where
    budget_ms: int = 50
    currency_of: str | None = None
    db: bool = False
    since: str = "1.0"
    deprecated: str | None = None

    @property
    def experimental(self) -> bool:
        """An experimental hook may change without notice."""
        return self.since == "experimental"


def hookspec(policy: Policy, *, historic: bool = False) -> Callable[[F], F]:
    """Declare a function as a hook with ``policy``. Specs take keyword arguments only."""

    def mark(function: F) -> F:
        setattr(function, POLICY_ATTRIBUTE, policy)
        return _hookspec(function, historic=historic)

    return mark


def policy_of(function: Any) -> Policy:
    """Return the policy of a spec. Raises AttributeError for a function that is none."""
    policy: Policy = getattr(function, POLICY_ATTRIBUTE)
    return policy
