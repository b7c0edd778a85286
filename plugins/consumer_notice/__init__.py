"""Tells buyers in mainland China, before they order, what Chinese rules oblige a platform to say.

Shows how a plug-in fills slots, brings a page and an API route, and keeps templates of its own:
in ``templates/consumer_notice/`` beside this module.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    ApiAnswer,
    ApiRoute,
    Capability,
    Context,
    Fragment,
    Manifest,
    Page,
    PageAnswer,
    PageRequest,
    Place,
    PluginSettings,
    Setup,
    Subject,
    Text,
    hookimpl,
)
from plugins.consumer_notice import words
from plugins.consumer_notice.settings import Settings, kinds_of
from plugins.consumer_notice.words import Regime

KEY = "consumer_notice"
MARKET = "CN"
LINK = f"/p/{KEY}/notice/"

MANIFEST = Manifest(
    key=KEY,
    name=Text("Notice to consumers", "跨境购买告知书", "跨境購買告知書"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Tells buyers in mainland China before they order what Chinese import rules oblige a "
        "platform to say: own use, foreign standards and labels, who declares, which quota counts.",
        "按跨境进口规定，在下单前告知中国大陆买家：仅限自用、适用境外标准与标签、"
        "申报主体及年度额度。",
        "依跨境進口規定，在下單前告知中國大陸買家：僅限自用、適用境外標準與標籤、"
        "申報主體及年度額度。",
    ),
    provides=(Capability.PAGES,),
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


def regime_of(ctx: Context) -> Regime | None:
    """Return how goods of the channel enter China, or None where the notice is not for it."""
    if ctx.channel is None or ctx.channel.market != MARKET:
        return None
    if ctx.channel.kind in kinds_of(ctx.settings.cbec_kinds):
        return Regime.CBEC
    return Regime.POSTAL if ctx.channel.kind in kinds_of(ctx.settings.postal_kinds) else None


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the settings."""
    return Settings


@hookimpl
def slot_product_page(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
    """Put one line and a link on the page; it is the same for every channel, so shown once."""
    if regime_of(ctx) is None:
        return None
    context = {"line": words.LINE, "link": LINK, "link_text": words.READ}
    return Fragment(f"{KEY}/line.html", context, order=20)


@hookimpl
def slot_quote(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
    """Put the whole notice for this way of importing below the amounts."""
    regime = regime_of(ctx)
    if regime is None:
        return None
    return Fragment(f"{KEY}/notice.html", {"title": words.TITLE, **_filled(ctx, regime)}, order=20)


@hookimpl
def slot_tracking_page(ctx: Context, place: Place, subject: Subject) -> Fragment | None:
    """Say what customs may ask for on the way, and who pays."""
    regime = regime_of(ctx)
    if regime is None or not ctx.settings.on_tracking:
        return None
    return Fragment(f"{KEY}/on_the_way.html", {"text": words.ON_THE_WAY[regime]}, order=20)


@hookimpl
def register_pages(setup: Setup) -> Iterable[Page]:
    """Hand over the notice as a page that can be linked to and printed."""
    return [Page("notice", words.TITLE, "buyer", show_page)]


@hookimpl
def register_api_routes(setup: Setup) -> Iterable[ApiRoute]:
    """Hand over the notice as data, for shops with pages of their own."""
    return [ApiRoute("GET", "notice", "The notice to consumers of a channel", answer_api)]


def show_page(ctx: Context, request: PageRequest) -> PageAnswer:
    """Show the notice for both ways of importing; 404 for visitors of other markets."""
    if ctx.channel is None or ctx.channel.market != MARKET:
        fragment = Fragment(f"{KEY}/elsewhere.html", {"text": words.ELSEWHERE})
        return PageAnswer(fragment, title=words.TITLE, status=404)
    context: dict[str, object] = _frame(ctx)
    for regime, heading in words.HEADINGS.items():
        context[f"{regime.value}_heading"] = heading
    context |= {point.code: point.text for point in words.POINTS}
    return PageAnswer(Fragment(f"{KEY}/page.html", context), title=words.TITLE)


def answer_api(ctx: Context, request: PageRequest) -> ApiAnswer:
    """Answer with the points for the channel in three languages; none where nothing is owed."""
    regime = regime_of(ctx)
    points = words.points_for(regime) if regime else ()
    body = {
        "applies": regime is not None,
        "regime": regime.value if regime else None,
        "title": words.TITLE.as_dict(),
        "points": [{"code": point.code, "text": point.text.as_dict()} for point in points],
        "contact": ctx.settings.contact,
        "page": LINK,
    }
    return ApiAnswer(200, body)


def _filled(ctx: Context, regime: Regime) -> dict[str, object]:
    return {**_frame(ctx), **{point.code: point.text for point in words.points_for(regime)}}


def _frame(ctx: Context) -> dict[str, object]:
    return {
        "consent": words.CONSENT,
        "contact_label": words.CONTACT,
        "contact": ctx.settings.contact,
    }
