"""Pages that plug-ins bring, under ``/p/<plug-in>/``, in the buyer's or the operator's frame."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from core.kernel import providers
from core.kernel.errors import ProviderFailed, ProviderMissing
from core.pluginapi import ChannelRef, PageAnswer, PageRequest
from core.web.buyer.market import market_of
from core.web.buyer.product import buyer_ref
from core.web.errors import FAULTS, fault_response
from core.web.languages import spoken
from core.web.slots import fragment_html

FRAMES = {"buyer": "buyer/plugin_page.html", "operator": "web/operator_plugin_page.html"}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, plugin: str, rest: str) -> HttpResponse:
    """Let a plug-in answer; 404 where it is off, 503 where it failed."""
    asked = PageRequest(
        method="POST" if request.method == "POST" else "GET",
        path=rest.rstrip("/"),
        query=request.GET.dict(),
        form=request.POST.dict(),
        language=get_language() or "en",
        buyer=buyer_ref(request),
    )
    try:
        frame, answer = _asked(request, plugin, asked)
    except ProviderFailed:
        return fault_response(request, FAULTS[503])
    return _shown(request, plugin, frame, answer)


def _asked(request: HttpRequest, plugin: str, asked: PageRequest) -> tuple[str, PageAnswer]:
    """Ask in each channel of the visitor's market, then platform-wide; operators' frame last."""
    places: list[ChannelRef | None] = [*(one.ref for one in market_of(request).channels), None]
    frames = ["buyer", "operator"] if getattr(request.user, "is_staff", False) else ["buyer"]
    for frame in frames:
        for place in places:
            try:
                return frame, providers.page_view(
                    place, plugin, asked.path, request=asked, frame=frame
                )
            except ProviderMissing:
                continue
    raise Http404


def _shown(request: HttpRequest, plugin: str, frame: str, answer: PageAnswer) -> HttpResponse:
    if answer.redirect:
        if url_has_allowed_host_and_scheme(answer.redirect, {request.get_host()}):
            return redirect(answer.redirect)
        return fault_response(request, FAULTS[503])
    html = fragment_html(plugin, answer.fragment) if answer.fragment else None
    if html is None:
        return fault_response(request, FAULTS[503])
    title = spoken(answer.title, get_language() or "en") or plugin
    status = answer.status if 200 <= answer.status < 500 else 200
    context = {"title": title, "html": html}
    return render(request, FRAMES[frame], context, status=status)
