"""HS codes by destination: the queue of what nobody confirmed, and the decisions about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.shared.clock import now
from core.shared.nomenclature import chapter_name, name_of
from core.web.operator.access import actor, operator_page
from core.web.operator.forms import ConsoleForm
from core.web.operator.listing import asked, chosen, page_of, query_without_page, tabs
from customs.classification import queries
from customs.classification.codes import is_ruled_out, lengths_of
from customs.classification.errors import DecisionRefused
from customs.classification.models import Classification, Doubt, State
from customs.classification.services import confirm, confirm_alike, doubt_about, reject
from customs.classification.suggesting import ELSEWHERE, SUPPLIER
from customs.classification.tasks import look_now

TABS = (
    ("open", lazy("To decide")),
    ("unclassified", lazy("Unclassified")),
    ("suggested", lazy("Suggested")),
    ("conflict", lazy("Contradicted")),
    ("doubt", lazy("Looks wrong")),
    ("confirmed", lazy("Confirmed")),
)
TONES = {State.UNCLASSIFIED: "bad", State.SUGGESTED: "warn", State.CONFIRMED: "ok"}
SOURCES = {SUPPLIER: lazy("the supplier"), ELSEWHERE: lazy("another destination")}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """One code to choose: its name, who suggests it and why, and what speaks against it."""

    code: str
    name: str
    chapter: str
    source: str
    reason: dict[str, str]
    percent: int | None
    doubt: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the queue. ``quick`` says that one press may confirm its suggestion."""

    row: Classification
    name: str
    source: str
    tone: str
    quick: bool


class DecisionForm(ConsoleForm):
    """Which code, why, and whether a warning is overruled; ``version`` is what the person saw."""

    choice = forms.CharField(required=False, max_length=30)
    code = forms.CharField(
        label=lazy("Another code"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=lazy("Note"),
        required=False,
        max_length=200,
        help_text=lazy("Why this code; kept in the history."),
    )
    deliberate = forms.BooleanField(
        label=lazy("The warning is known to me; take this code all the same"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        """Take the typed code before the chosen one, and demand one of them."""
        data: dict[str, Any] = super().clean() or {}
        choice = data.get("choice", "")
        data["wanted"] = data.get("code") or ("" if choice == OTHER else choice)
        if not data["wanted"] and not self.errors:
            self.add_error("code", _("Choose a code or type one."))
        return data


class AlikeForm(forms.Form):
    """Which suggestion is confirmed wherever it was made, as it was at ``seen``."""

    jurisdiction = forms.CharField(max_length=8)
    code = forms.CharField(max_length=13)
    source = forms.CharField(max_length=80)
    seen = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])


@operator_page()
def classification(request: HttpRequest) -> HttpResponse:
    """List items by how far their classification is, for all destinations or one."""
    show = chosen(request, "show", [key for key, _label in TABS], "open")
    search = asked(request, "q")
    known = queries.jurisdictions()
    to = chosen(request, "to", known)
    rows = queries.queue(show, jurisdiction=to, text=search)
    page = page_of(request, rows)
    with_alike = show in ("open", "suggested") and not search and page.number == 1
    context = {
        "page": page,
        "rows": [_shown(row) for row in page],
        "tabs": tabs(TABS, queries.counts(to), show),
        "show": show,
        "search": search,
        "query": query_without_page(request),
        "destinations": known,
        "to": to,
        "alike": [_alike(one) for one in queries.alike(to)] if with_alike else [],
        "seen": now().isoformat(timespec="microseconds"),
    }
    return render(request, "operator/classification.html", context)


@operator_page("POST")
def look(request: HttpRequest) -> HttpResponse:
    """Have the job look at what is on sale now."""
    look_now()
    messages.info(request, _("Items on sale are being looked at. Reload in a moment."))
    return redirect("operator:classification")


@operator_page("POST")
def alike(request: HttpRequest) -> HttpResponse:
    """Confirm one suggestion for all items that have it."""
    form = AlikeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was confirmed: the page was incomplete. Try again."))
        return redirect("operator:classification")
    data = form.cleaned_data
    try:
        number = confirm_alike(
            data["jurisdiction"],
            data["code"],
            data["source"],
            seen=data["seen"],
            actor=actor(request),
        )
    except DecisionRefused as refused:
        messages.error(request, _said(refused))
    else:
        words = ngettext("%(n)d item was confirmed.", "%(n)d items were confirmed.", number)
        messages.success(request, words % {"n": number})
    return _back(request)


@operator_page("GET", "HEAD", "POST")
def classification_page(request: HttpRequest, row: UUID) -> HttpResponse:
    """Show one item's candidates with their reasons, and take a decision."""
    found = get_object_or_404(Classification.objects.select_related("item__product"), pk=row)
    if request.method != "POST":
        return _page(request, found, _form(found))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    try:
        _decide(request, found, form)
    except DecisionRefused as refused:
        return _refused(request, found, form, refused)
    return _back(request)


def _decide(request: HttpRequest, row: Classification, form: DecisionForm) -> None:
    data = form.cleaned_data
    told = {"actor": actor(request), "version": data["version"], "note": data["note"]}
    if request.POST.get("decision") == "reject":
        reject(row.pk, data["wanted"], **told)
        messages.success(request, _("The code was ruled out for this item."))
        return
    decided = confirm(row.pk, data["wanted"], deliberate=data["deliberate"], **told)
    words = _("%(code)s is confirmed for %(title)s.")
    messages.success(request, words % {"code": decided.code, "title": row.item.product.title[:80]})


def _refused(
    request: HttpRequest, row: Classification, form: DecisionForm, refused: DecisionRefused
) -> HttpResponse:
    """Show the page again: with a decision of somebody else, a warning, or what a code must be."""
    if refused.code == "gone":
        messages.error(request, _said(refused))
        return redirect("operator:classification")
    if refused.code == "decided_meanwhile":
        fresh = _form(Classification.objects.get(pk=row.pk))
        messages.error(request, _said(refused))
        row.refresh_from_db()
        return _page(request, row, fresh, status=409)
    field = "deliberate" if refused.code == "doubtful" else "code"
    form.add_error(field, _said(refused))
    return _page(request, row, form, status=400)


def _page(
    request: HttpRequest, row: Classification, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    choices = _choices(row)
    wanted = form["choice"].value() or ""
    context = {
        "row": row,
        "form": form,
        "choices": choices,
        "wanted": wanted,
        "tone": TONES[State(row.state)],
        "doubted": any(one.doubt for one in choices) or "deliberate" in form.errors,
        "name": name_of(row.code),
        "current_doubt": _doubt(row, row.code) if row.doubt != Doubt.NONE else "",
        "lengths": ", ".join(map(str, lengths_of(row.jurisdiction))),
        "history": queries.history(row),
        "others": row.item.classifications.exclude(pk=row.pk).order_by("jurisdiction"),
        "back": _kept(request),
    }
    return render(request, "operator/classification_item.html", context, status=status)


def _form(row: Classification) -> DecisionForm:
    best = row.conflict or row.code
    return DecisionForm(initial={"version": row.version, "choice": best})


def _choices(row: Classification) -> list[Choice]:
    """Return the confirmed code, the one that contradicts it, and every candidate, once each."""
    found: dict[str, Choice] = {}
    if row.state == State.CONFIRMED:
        found[row.code] = _choice(row, {"code": row.code, "source": row.decided_by})
    if row.conflict:
        found[row.conflict] = _choice(row, {"code": row.conflict, "source": SUPPLIER})
    for one in row.candidates:
        if not is_ruled_out(one["code"], row.rejected):
            found.setdefault(one["code"], _choice(row, one))
    return list(found.values())


def _choice(row: Classification, given: dict[str, Any]) -> Choice:
    code, confidence = given["code"], given.get("confidence")
    return Choice(
        code=code,
        name=name_of(code),
        chapter=chapter_name(code[:2]).in_language(get_language() or "en"),
        source=_source(given["source"]),
        reason=given.get("reason") or {},
        percent=None if confidence is None else round(float(confidence) * 100),
        doubt=_doubt(row, code),
    )


def _doubt(row: Classification, code: str) -> str:
    doubted = doubt_about(row, code)
    return doubted.message.in_language(get_language() or "en") if doubted else ""


def _shown(row: Classification) -> Shown:
    suggested = row.state == State.SUGGESTED
    return Shown(
        row=row,
        name=name_of(row.code),
        source=row.decided_by if row.state == State.CONFIRMED else _source(row.source),
        tone=TONES[State(row.state)],
        quick=suggested and row.doubt == Doubt.NONE,
    )


def _alike(one: queries.Alike) -> dict[str, Any]:
    return {**one._asdict(), "name": name_of(one.code), "said_by": _source(one.source)}


def _source(source: str) -> str:
    return str(SOURCES.get(source, source))


def _said(refused: DecisionRefused) -> str:
    return refused.text.in_language(get_language() or "en")


def _kept(request: HttpRequest) -> str:
    """Return the queue's filters that a form or an address carries, and nothing else."""
    given = QueryDict(request.POST.get("back", "") or request.GET.get("back", ""))
    kept = QueryDict(mutable=True)
    for name in _filters(given):
        kept[name] = given[name][:100]
    return kept.urlencode()


def _filters(given: Iterable[str]) -> list[str]:
    return [name for name in ("show", "to", "q", "page") if name in given]


def _back(request: HttpRequest) -> HttpResponse:
    kept = _kept(request)
    address = reverse("operator:classification")
    return redirect(f"{address}?{kept}" if kept else address)
