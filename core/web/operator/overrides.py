"""Operators' own values over a duty rule: the page that makes one, and the press that ends one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import lazystr
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.shared.clock import today
from core.web.languages import spoken
from core.web.operator.access import actor, operator_page
from core.web.operator.forms import ConsoleForm
from customs.models import RuleOverride, RuleRow
from customs.overriding import (
    LONGEST_REASON,
    OverrideRefused,
    Value,
    override_rule,
    values_of_rule,
    withdraw_override,
)
from customs.rule_values import LONGEST

PREFIX = "value."
LONG = 60


class OverrideForm(ConsoleForm):
    """The values of one rule, the days, and why. A value that is not changed stays the rule's."""

    valid_from = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Leave empty to let it hold until you withdraw it."),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Name the source. Every explanation shows it with your name."),
        max_length=LONGEST_REASON,
    )

    def __init__(self, *args: Any, values: Sequence[Value], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values = values
        for one in values:
            self.fields[f"{PREFIX}{one.name}"] = _field(one)
        self.order_fields([f"{PREFIX}{one.name}" for one in values])

    @property
    def given(self) -> dict[str, str]:
        """Return the values that differ from the rule's."""
        typed = {one.name: self.cleaned_data[f"{PREFIX}{one.name}"] for one in self.values}
        return {one.name: typed[one.name] for one in self.values if typed[one.name] != one.now}

    def blame(self, error: OverrideRefused) -> None:
        """Show a refusal at the field that it names, or above the form."""
        name = error.path.removeprefix("$.")
        if name.startswith("values."):
            name = PREFIX + name.removeprefix("values.")
        said = spoken(error.text, get_language() or "en")
        self.add_error(name if name in self.fields else None, said)


def _field(one: Value) -> forms.CharField:
    kind = spoken(one.kind.text, get_language() or "en")
    now = one.now if len(one.now) <= LONG else f"{one.now[:LONG]}…"
    said = _("Now: %(now)s. Expected: %(kind)s.") % {"now": now or "—", "kind": kind}
    long = len(one.now) > LONG
    attributes = {"class": "mono", "spellcheck": "false", "autocomplete": "off"}
    return forms.CharField(
        label=one.name,
        help_text=lazystr(said),
        initial=one.now,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={**attributes, "rows": 4})
        if long
        else forms.TextInput(attrs=attributes),
    )


@operator_page("GET", "HEAD", "POST")
def override(request: HttpRequest, rule: UUID) -> HttpResponse:
    """Show a rule's values to change for some days; store what was changed."""
    row = get_object_or_404(RuleRow, pk=rule, superseded_at=None)
    first = max(today(), row.valid_from)
    initial = {"valid_from": first, "valid_to": row.valid_to}
    values = values_of_rule(row.plugin, row.rule)
    form = OverrideForm(request.POST or None, values=values, initial=initial)
    if request.method == "POST" and form.is_valid() and _stored(request, row, form):
        messages.success(request, _("Your values are in force. Quotes made before keep theirs."))
        return redirect("operator:rule-override", rule)
    earlier = RuleOverride.objects.filter(plugin=row.plugin, key=row.key).order_by("-created_at")
    context = {"row": row, "form": form, "earlier": earlier[:50], "today": today()}
    status = 400 if form.errors else 200
    return render(request, "operator/rule_override.html", context, status=status)


@operator_page("POST")
def withdraw(request: HttpRequest, override: UUID) -> HttpResponse:
    """End an override from now on."""
    row = get_object_or_404(RuleOverride, pk=override)
    if withdraw_override(row, actor=actor(request)):
        messages.success(request, _("Withdrawn. The rule holds again as its plug-in brings it."))
    else:
        messages.info(request, _("This override had ended already."))
    return redirect("operator:rules")


def _stored(request: HttpRequest, row: RuleRow, form: OverrideForm) -> bool:
    data = form.cleaned_data
    try:
        override_rule(
            row.plugin,
            row.key,
            form.given,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            reason=data["reason"],
            author=actor(request),
        )
    except OverrideRefused as error:
        form.blame(error)
        return False
    return True
