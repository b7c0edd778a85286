"""Channels: opening and changing them, what is on in them, and who supplies them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.accounts.services import record
from core.kernel import providers
from core.kernel.models import Activation, Channel, PluginRecord
from core.shared.text import Text
from core.web.operator.access import actor, operator_page
from core.web.operator.forms import ChannelForm, SupplyForm
from suppliers.models import Supplier, Supply
from suppliers.publish import publish_all_later


@operator_page()
def channels(request: HttpRequest) -> HttpResponse:
    """List channels with what they sell and who supplies them."""
    titles = dict(kind_choices())
    numbers = dict(
        Supply.objects.filter(is_on=True).values_list("channel").annotate(n=Count("pk")).order_by()
    )
    rows = [
        (channel, titles.get(channel.kind, channel.kind), numbers.get(channel.pk, 0))
        for channel in Channel.objects.all()
    ]
    return render(request, "operator/channels.html", {"rows": rows})


@operator_page("GET", "HEAD", "POST")
def new_channel(request: HttpRequest) -> HttpResponse:
    """Open a channel."""
    form = ChannelForm(request.POST or None, kinds=kind_choices(), fixed=False)
    if request.method == "POST" and form.is_valid():
        channel = _create(request, form)
        if channel:
            messages.success(request, _("The channel is open. Choose what is on in it."))
            return redirect("operator:channel", key=channel.key)
    context = {"form": form, "channel": None, "kinds": bool(kind_choices())}
    return render(request, "operator/channel_form.html", context, status=_status(form))


@operator_page("GET", "HEAD", "POST")
def channel_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show and change one channel."""
    channel = get_object_or_404(Channel, key=key)
    form = ChannelForm(
        request.POST or None, initial=_initial(channel), kinds=_with(channel.kind), fixed=True
    )
    if request.method == "POST" and form.is_valid():
        _change(request, channel, form)
        messages.success(request, _("The channel was changed."))
        return redirect("operator:channel", key=channel.key)
    context = {
        "form": form,
        "channel": channel,
        "plugins": _plugins_of(channel),
        "supplies": Supply.objects.filter(channel=channel).select_related("supplier"),
    }
    return render(request, "operator/channel.html", context, status=_status(form))


@operator_page("GET", "HEAD", "POST")
def new_supply(request: HttpRequest, key: str) -> HttpResponse:
    """Let a supplier's scope supply a channel."""
    channel = get_object_or_404(Channel, key=key)
    form = _supply_form(request, initial=None)
    if request.method == "POST" and form.is_valid():
        supplier = get_object_or_404(Supplier, key=form.cleaned_data["supplier"])
        if _save_supply(request, form, Supply(channel=channel, supplier=supplier)):
            return redirect("operator:channel", key=channel.key)
    return _supply_page(request, channel, form, None)


@operator_page("GET", "HEAD", "POST")
def supply_page(request: HttpRequest, key: str, supply: Any) -> HttpResponse:
    """Change what a supplier's scope costs in a channel, or switch it off."""
    row = get_object_or_404(Supply.objects.select_related("supplier"), pk=supply, channel__key=key)
    form = _supply_form(request, initial=row)
    if request.method == "POST" and form.is_valid() and _save_supply(request, form, row):
        return redirect("operator:channel", key=key)
    return _supply_page(request, row.channel, form, row)


def kind_choices() -> list[tuple[str, str]]:
    """Return the ways of selling that loaded plug-ins offer, in the current language."""
    language = get_language() or "en"
    kinds = providers.channel_kinds()
    return [(key, kind.title.in_language(language)) for key, kind in kinds.items()]


def _with(kind: str) -> list[tuple[str, str]]:
    """Return the choices with ``kind`` among them, even where its plug-in is gone."""
    choices = kind_choices()
    return choices if kind in dict(choices) else [(kind, kind), *choices]


def _create(request: HttpRequest, form: ChannelForm) -> Channel | None:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            channel = Channel.objects.create(
                key=data["key"],
                kind=data["kind"],
                market=data["market"],
                currency=data["currency"],
                **_changeable(data),
            )
            record(actor(request), "channel.created", f"channel:{channel.key}", kind=channel.kind)
    except IntegrityError:
        form.add_error("key", _("Another channel has this key."))
        return None
    return channel


def _change(request: HttpRequest, channel: Channel, form: ChannelForm) -> None:
    values = _changeable(form.cleaned_data)
    for name, value in values.items():
        setattr(channel, name, value)
    with transaction.atomic():
        channel.save(update_fields=list(values))
        subject = f"channel:{channel.key}"
        record(actor(request), "channel.changed", subject, fields=form.changed_data)


def _changeable(data: dict[str, Any]) -> dict[str, Any]:
    names = Text(data["name_en"], data["name_zh_hans"], data["name_zh_hant"])
    return {
        "names": names.as_dict(),
        "is_open": data["is_open"],
        "demonstration": data["demonstration"],
        "position": data["position"],
    }


def _initial(channel: Channel) -> dict[str, Any]:
    names = Text.from_dict(channel.names)
    return {
        "key": channel.key,
        "kind": channel.kind,
        "market": channel.market,
        "currency": channel.currency,
        "name_en": names.en,
        "name_zh_hans": names.zh_hans,
        "name_zh_hant": names.zh_hant,
        "is_open": channel.is_open,
        "demonstration": channel.demonstration,
        "position": channel.position,
    }


def _plugins_of(channel: Channel) -> list[tuple[PluginRecord, bool]]:
    """Return the plug-ins that can be on in a channel, with whether they are."""
    on = set(
        Activation.objects.filter(channel=channel, enabled=True).values_list("plugin", flat=True)
    )
    rows = PluginRecord.objects.filter(scope="channel", state="loaded")
    found = [(row, row.key in on) for row in rows]
    return sorted(found, key=lambda pair: (not pair[1], pair[0].title.casefold()))


def _supply_form(request: HttpRequest, *, initial: Supply | None) -> SupplyForm:
    suppliers = [(s.key, f"{s.name} ({s.key})") for s in Supplier.objects.all()]
    values = None
    if initial:
        values = {
            "supplier": initial.supplier.key,
            "scope": initial.scope,
            "price_rule": initial.price_rule,
            "markup_percent": initial.markup_percent,
            "is_on": initial.is_on,
        }
    form = SupplyForm(
        request.POST or None,
        initial=values,
        suppliers=suppliers,
        rules=list(Supply.PriceRule.choices),
    )
    if initial:
        form.fields["supplier"].disabled = form.fields["scope"].disabled = True
    return form


def _save_supply(request: HttpRequest, form: SupplyForm, row: Supply) -> bool:
    data = form.cleaned_data
    row.scope = data["scope"]
    row.price_rule = data["price_rule"]
    row.markup_percent = data["markup_percent"]
    row.is_on = data["is_on"]
    try:
        with transaction.atomic():
            row.save()
            publish_all_later(row)
            record(
                actor(request),
                "supply.saved",
                f"supply:{row.pk}",
                supplier=row.supplier.key,
                channel=row.channel.key,
                markup=str(row.markup_percent),
                on=row.is_on,
            )
    except IntegrityError:
        form.add_error("scope", _("This scope already supplies the channel."))
        return False
    messages.success(request, _("Saved. Offers of this supplier follow within a minute."))
    return True


def _supply_page(
    request: HttpRequest, channel: Channel, form: SupplyForm, row: Supply | None
) -> HttpResponse:
    context = {
        "form": form,
        "channel": channel,
        "supply": row,
        "none": not Supplier.objects.exists(),
    }
    return render(request, "operator/supply_form.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 400 if form.errors else 200
