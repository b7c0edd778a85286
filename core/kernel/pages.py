"""Pages and API routes of plug-ins: who may see them, and a guarded call of their views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.kernel import guard, snapshot
from core.kernel.contexts import context_for
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.kernel.guard import Turn
from core.kernel.provided import Provided
from core.kernel.registry import registry
from core.kernel.results import Shape, check_of
from core.kernel.routing import every
from core.pluginapi import ApiAnswer, ApiRoute, ChannelRef, Page, PageAnswer, PageRequest

BUDGET = 0.5
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def pages(channel: ChannelRef | None = None) -> tuple[Provided[Page], ...]:
    """Return the pages of plug-ins that are on in ``channel``."""
    return every("register_pages", channel)


def api_routes(channel: ChannelRef | None = None) -> tuple[Provided[ApiRoute], ...]:
    """Return the API routes of plug-ins that are on in ``channel``."""
    return every("register_api_routes", channel)


def page_view(
    channel: ChannelRef | None,
    plugin: str,
    path: str,
    *,
    request: PageRequest,
    frame: str = "buyer",
) -> PageAnswer:
    """Let a plug-in answer at ``/p/<plugin>/<path>``.

    Raises ProviderMissing when it is off or has no such page, ProviderFailed when it failed.
    """
    key = f"{frame}:{path}"
    page: Page = _find("register_pages", channel, plugin, key)
    answer: PageAnswer = _view(page.view, PageAnswer, (channel, plugin, key), request)
    return answer


def route_view(
    channel: ChannelRef | None, plugin: str, path: str, *, request: PageRequest
) -> ApiAnswer:
    """Let a plug-in answer at ``/api/v1/p/<plugin>/<path>``. Raises like :func:`page_view`."""
    key = f"{request.method} {path}"
    route: ApiRoute = _find("register_api_routes", channel, plugin, key)
    answer: ApiAnswer = _view(route.view, ApiAnswer, (channel, plugin, key), request)
    return answer


def _find(hook: str, channel: ChannelRef | None, plugin: str, key: str) -> Any:
    provided = registry().provided.get(hook, {}).get(f"{plugin}/{key}")
    known = registry().plugins.get(plugin)
    place = channel.key if channel else ""
    if provided is None or known is None or not snapshot.current().is_on(known, place):
        raise ProviderMissing(key, "there is no such page here", plugin=plugin)
    return provided.object


def _view(
    view: Callable[..., Any],
    wanted: type,
    whose: tuple[ChannelRef | None, str, str],
    request: PageRequest,
) -> Any:
    channel, plugin, key = whose
    turn = Turn(plugin, f"page {key}", channel.key if channel else "", BUDGET)
    reads = request.method in READS

    def work() -> Any:
        answer = view(context_for(registry().plugins[plugin], channel), request)
        Shape(False, wanted, check_of(wanted)).one(answer, None)
        return answer

    answer = guard.asked(turn, work, savepoint=not reads, writes=not reads)
    if isinstance(answer, guard.Failure):
        raise ProviderFailed(plugin, key, answer.reason, permanent=answer.permanent)
    return answer
