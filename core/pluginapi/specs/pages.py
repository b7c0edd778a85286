"""Pages: slots in the platform's pages, and pages, console pages and routes of a plug-in."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.types.kernel import Setup
from core.pluginapi.types.payments import ApiRoute, Fragment, Page, Place
from core.pluginapi.types.values import Subject

_SLOT = Policy(Combine.SLOT, OnError.SKIP, Where.REQUEST, budget_ms=10)
_BOOT = Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT)


@hookspec(_SLOT)
def slot_product_page(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
    """Put a fragment on the product page, below the price.

    Called when the page is shown, within ten milliseconds, without network or queries. An error
    leaves the place empty.

    Example::

        @hookimpl
        def slot_product_page(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
            return Fragment("hello_post/note.html", {"text": "Hello"})
    """


@hookspec(_SLOT)
def slot_quote(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
    """Put a fragment on the quote page, below the amounts.

    Called when the page is shown, within ten milliseconds, without network or queries. An error
    leaves the place empty.

    Example::

        @hookimpl
        def slot_quote(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
            return Fragment("hello_post/note.html", {"text": "Hello"})
    """


@hookspec(_SLOT)
def slot_tracking_page(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
    """Put a fragment on the tracking page, below the timeline.

    Called when the page is shown, within ten milliseconds, without network or queries. An error
    leaves the place empty.

    Example::

        @hookimpl
        def slot_tracking_page(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
            return Fragment("hello_post/note.html", {"text": "Hello"})
    """


@hookspec(_BOOT)
def register_pages(setup: Setup) -> Iterable[Page]:
    """Hand over pages for buyers or operators, under the plug-in's own prefix.

    Called once, when the plug-in is loaded. They answer 404 where the plug-in is off.

    Example::

        @hookimpl
        def register_pages(setup: Setup) -> Iterable[Page]:
            return [Page("faq", Text("Questions"), "buyer", faq)]
    """
    return ()


@hookspec(_BOOT)
def register_api_routes(setup: Setup) -> Iterable[ApiRoute]:
    """Hand over routes of the API, under the plug-in's own prefix.

    Called once, when the plug-in is loaded. They answer 404 where the plug-in is off.

    Example::

        @hookimpl
        def register_api_routes(setup: Setup) -> Iterable[ApiRoute]:
            return [ApiRoute("GET", "status", "How the plug-in is", status)]
    """
    return ()
