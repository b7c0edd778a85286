"""What an operator does to a plug-in: switch, order, settings, trying its connection."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.accounts.services import record
from core.kernel import activation, breaker
from core.kernel.configuration import Misconfigured
from core.kernel.errors import ActivationRefused
from core.kernel.guard import Failure
from core.kernel.models import Activation, Channel
from core.kernel.registry import registry
from core.pluginapi import ConnectionReport, Text
from core.web.operator.access import actor, operator_page
from core.web.operator.forms import PriorityForm
from core.web.operator.plugin_cards import Card
from core.web.operator.plugin_state import pauses_of
from core.web.operator.plugins import find_card, find_place, hooks_of, place_of, serves
from core.web.operator.settings_form import SettingsForm, settings_form


@operator_page("GET", "HEAD", "POST")
def plugin_place(request: HttpRequest, key: str, place: str) -> HttpResponse:
    """Show a plug-in in one place; store its settings there."""
    card = find_card(key)
    channel = find_place(card, place)
    form = _form(key, channel, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form and form.is_valid() and _save(request, key, channel, form):
        messages.success(request, _("Saved. It is in use within five seconds."))
        return redirect("operator:plugin-place", key=key, place=place)
    return _show(request, card, channel, form)


@operator_page("POST")
def switch(request: HttpRequest, key: str, place: str) -> HttpResponse:
    """Switch a plug-in on or off in one place."""
    card = find_card(key)
    channel = find_place(card, place)
    try:
        if request.POST.get("on") == "1":
            activation.enable(key, channel, actor=actor(request))
            messages.success(request, _("%(name)s is on.") % {"name": card.name})
        else:
            stopped = activation.disable(key, channel, actor=actor(request))
            messages.success(request, _("%(name)s is off.") % {"name": card.name})
            _tell_stopped(request, stopped)
    except ActivationRefused as refusal:
        messages.error(request, _("Nothing was changed: %(why)s") % {"why": refusal})
    if request.POST.get("back") == "channel" and channel:
        return redirect("operator:channel", key=channel.key)
    return redirect("operator:plugin", key=key)


@operator_page("POST")
def switch_off_everywhere(request: HttpRequest, key: str) -> HttpResponse:
    """Switch a plug-in off wherever it is on."""
    card = find_card(key)
    rows = Activation.objects.filter(plugin=key, enabled=True).select_related("channel")
    for row in rows:
        try:
            _tell_stopped(request, activation.disable(key, row.channel, actor=actor(request)))
        except ActivationRefused as refusal:
            messages.error(request, str(refusal))
    messages.success(request, _("%(name)s is off everywhere.") % {"name": card.name})
    return redirect("operator:plugin", key=key)


@operator_page("POST")
def set_priority(request: HttpRequest, key: str, place: str) -> HttpResponse:
    """Say when a plug-in is asked."""
    card = find_card(key)
    channel = find_place(card, place)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return _show(request, card, channel, _form(key, channel), priority=form)
    try:
        activation.set_priority(key, channel, form.cleaned_data["priority"], actor=actor(request))
    except ActivationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The priority was saved."))
    return redirect("operator:plugin-place", key=key, place=place)


@operator_page("POST")
def test_connection(request: HttpRequest, key: str, place: str) -> HttpResponse:
    """Try the partner's service with the stored settings, and show what it said."""
    card = find_card(key)
    channel = find_place(card, place)
    if "test_connection" not in hooks_of(key):
        messages.error(request, _("This plug-in has no connection to test."))
        return redirect("operator:plugin-place", key=key, place=place)
    report = _try(key, channel)
    subject = f"{key}@{channel.key}" if channel else key
    record(actor(request), "plugin.tested", subject, ok=report.ok)
    return _show(request, card, channel, _form(key, channel), report=report)


@operator_page("POST")
def resume(request: HttpRequest, key: str) -> HttpResponse:
    """End the pauses of a plug-in."""
    card = find_card(key)
    breaker.resume(key)
    record(actor(request), "plugin.resumed", key)
    messages.success(request, _("%(name)s is tried again from now on.") % {"name": card.name})
    return redirect("operator:plugin", key=key)


def _show(
    request: HttpRequest,
    card: Card,
    channel: Channel | None,
    form: SettingsForm | None,
    *,
    priority: PriorityForm | None = None,
    report: ConnectionReport | None = None,
) -> HttpResponse:
    place = place_of(card, channel)
    failed = bool((form and form.is_bound and not form.is_valid()) or priority)
    context = {
        "card": card,
        "place": place,
        "here": bool(channel) == (card.scope == "channel"),
        "form": form,
        "priority_form": priority or PriorityForm(initial={"priority": place.priority}),
        "report": report,
        "can_test": "test_connection" in hooks_of(card.key) and card.can_switch,
        "pauses": pauses_of(card.key),
        "serves": serves(card),
    }
    return render(request, "operator/plugin_place.html", context, status=400 if failed else 200)


def _form(key: str, channel: Channel | None, data: Any = None) -> SettingsForm | None:
    """Return the settings' form; none where the plug-in did not start or its rows are unusable."""
    plugin = registry().plugins.get(key)
    if plugin is None or not plugin.loaded:
        return None
    try:
        return settings_form(plugin, channel.key if channel else "", data)
    except Misconfigured:
        return None


def _save(request: HttpRequest, key: str, channel: Channel | None, form: SettingsForm) -> bool:
    try:
        errors = activation.save_settings(key, channel, form.values(), actor=actor(request))
    except ActivationRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    for name, said in errors.items():
        form.add_error(name if name in form.fields else None, said)
    return not errors


def _try(key: str, channel: Channel | None) -> ConnectionReport:
    try:
        answer = activation.call_own(registry().plugins[key], "test_connection", channel)
    except Misconfigured as problem:
        return ConnectionReport(False, Text(str(problem)))
    if isinstance(answer, ConnectionReport):
        return answer
    reason = answer.reason if isinstance(answer, Failure) else "no answer"
    return ConnectionReport(False, Text(reason))


def _tell_stopped(request: HttpRequest, stopped: tuple[str, ...]) -> None:
    if stopped:
        names = ", ".join(stopped)
        messages.warning(request, _("These need it and stop as well: %(names)s") % {"names": names})
