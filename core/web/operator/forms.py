"""What an operator may type, checked before any service sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from django import forms
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from core.fx.models import PURPOSES
from core.shared.clock import now
from core.shared.money import MoneyError, exponent

MAX_GRAMS = 200_000
PLATFORM = "platform"
"""The word that stands for no channel in addresses; no channel may have it as its key."""


def country_choices() -> list[tuple[str, str]]:
    """Return ISO 3166-1 countries by name in the current language."""
    locale = Locale.parse(to_locale(get_language() or "en"))
    names = {c: str(n) for c, n in locale.territories.items() if len(c) == 2 and c.isalpha()}
    groupings = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    known = [(code, f"{name} ({code})") for code, name in names.items() if code not in groupings]
    return [("", "—"), *sorted(known, key=lambda pair: pair[1])]


class ConsoleForm(forms.Form):
    """A form of the console: labels without a colon, as everywhere on the site."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)


class CurrencyField(forms.CharField):
    """An ISO 4217 code, folded to capitals."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 3)
        options.setdefault("min_length", 3)
        options.setdefault("help_text", _("Three letters, such as CNY or EUR."))
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        """Refuse what is not a currency."""
        code = str(super().clean(value)).upper()
        if not code:
            return code
        try:
            exponent(code)
        except MoneyError:
            raise forms.ValidationError(_("This is not an ISO 4217 currency.")) from None
        return code


class ChannelForm(ConsoleForm):
    """A channel as an operator opens it; kind and key are fixed once it exists."""

    key = forms.SlugField(
        label=_("Key"),
        max_length=40,
        help_text=_("Letters, digits and hyphens; part of addresses and commands, never changed."),
    )
    kind = forms.ChoiceField(label=_("Kind"))
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Simplified Chinese"), max_length=80)
    name_zh_hant = forms.CharField(label=_("Name in Traditional Chinese"), max_length=80)
    market = forms.ChoiceField(
        label=_("Destination"), help_text=_("The country that buyers of this channel live in.")
    )
    currency = CurrencyField(label=_("Currency"))
    position = forms.IntegerField(
        label=_("Position"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=_("Lower numbers are shown first."),
    )
    is_open = forms.BooleanField(label=_("Open for buyers"), required=False, initial=True)
    demonstration = forms.BooleanField(
        label=_("Demonstration"),
        required=False,
        help_text=_("Allows the sandbox payment. Never for real sales."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], fixed: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["market"].choices = country_choices()  # type: ignore[attr-defined]
        if fixed:
            for name in ("key", "kind", "market", "currency"):
                self.fields[name].disabled = True

    def clean_key(self) -> str:
        """Keep the word that stands for no channel free."""
        key = str(self.cleaned_data["key"])
        if key == PLATFORM:
            raise forms.ValidationError(_("This word means no channel. Choose another key."))
        return key


class SupplyForm(ConsoleForm):
    """Which scope of a supplier's feeds a channel sells, and with what markup."""

    supplier = forms.ChoiceField(label=_("Supplier"))
    scope = forms.CharField(
        label=_("Scope"),
        max_length=80,
        initial="main",
        help_text=_("The part of the supplier's range that a feed names; usually main."),
    )
    price_rule = forms.ChoiceField(label=_("Price rule"))
    markup_percent = forms.DecimalField(
        label=_("Markup in percent"),
        min_value=Decimal(-90),
        max_value=Decimal(900),
        max_digits=6,
        decimal_places=2,
        initial=0,
    )
    is_on = forms.BooleanField(label=_("Supplies this channel"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,
        suppliers: list[tuple[str, str]],
        rules: list[tuple[str, Any]],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.fields["supplier"].choices = suppliers  # type: ignore[attr-defined]
        self.fields["price_rule"].choices = rules  # type: ignore[attr-defined]


class PriorityForm(ConsoleForm):
    """Who is asked first where several plug-ins could answer."""

    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=0,
        max_value=9999,
        help_text=_("Lower numbers are asked first."),
    )


class TransitionForm(ConsoleForm):
    """A step of an order, with the reason for its history; the button says which step."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Kept in the order's history.")
    )


class DocumentForm(ConsoleForm):
    """A paper of an order: its kind, and the number by which it is found."""

    kind = forms.ChoiceField(label=_("Kind"))
    reference = forms.CharField(
        label=_("Number or file"),
        max_length=160,
        help_text=_("A second one of a kind replaces it."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class LegForm(ConsoleForm):
    """A carrier's number. The carrier is chosen by a person, never silently."""

    number = forms.CharField(
        label=_("Tracking number"),
        max_length=60,
        help_text=_("As printed on the label, never a phone or identity number."),
    )
    carrier = forms.ChoiceField(
        label=_("Carrier"),
        required=False,
        help_text=_("Leave empty to see which carriers the number fits."),
    )

    def __init__(self, *args: Any, carriers: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["carrier"].choices = [("", "—"), *carriers]  # type: ignore[attr-defined]


class ParcelForm(LegForm):
    """A parcel for an order, with its first number."""

    gross_grams = forms.IntegerField(
        label=_("Gross weight in grams"), min_value=1, max_value=MAX_GRAMS
    )
    origin = forms.ChoiceField(label=_("Sent from"), required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["origin"].choices = country_choices()  # type: ignore[attr-defined]


class TrackingEventForm(ConsoleForm):
    """What happened to a parcel, typed by an operator."""

    milestone = forms.ChoiceField(
        label=_("What happened"), help_text=_("The parcel's status follows from it.")
    )
    text = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For operators; buyers see what happened in their own language."),
    )
    at = forms.DateTimeField(
        label=_("Local time"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    zone = forms.ChoiceField(label=_("Time zone"), initial="Asia/Shanghai")
    place = forms.CharField(label=_("Place"), max_length=80, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, *args: Any, milestones: list[Any], **kw: Any) -> None:
        super().__init__(*args, **kw)
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["milestone"].choices = milestones  # type: ignore[attr-defined]
        self.fields["zone"].choices = zones  # type: ignore[attr-defined]
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]

    def clean_at(self) -> datetime:
        """Take the time as written, without the site's own zone."""
        written: datetime = self.cleaned_data["at"]
        return written.replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        """Place the local time in its zone; what has not happened yet is refused."""
        data: dict[str, Any] = super().clean() or {}
        if "at" not in data or "zone" not in data:
            return data
        instant = data["at"].replace(tzinfo=ZoneInfo(data["zone"])).astimezone(UTC)
        if instant > now() + timedelta(minutes=5):
            self.add_error("at", _("This is in the future. Write when it happened."))
        data["instant"] = instant
        return data


class ManualRateForm(ConsoleForm):
    """An exchange rate typed by an operator: so many ``quote`` for one ``base``."""

    base = CurrencyField(label=_("One unit of"))
    quote = CurrencyField(label=_("is worth in"))
    value = forms.DecimalField(
        label=_("Rate"),
        min_value=Decimal("0.00000001"),
        max_value=Decimal(10**8),
        max_digits=20,
        decimal_places=10,
    )
    purpose = forms.ChoiceField(label=_("Used for"), choices=PURPOSES, initial="quote")
    as_of = forms.DateField(
        label=_("For the day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    max_age_days = forms.IntegerField(
        label=_("Usable for days"),
        min_value=1,
        max_value=366,
        initial=4,
        help_text=_("Afterwards quotes refuse instead of using it."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a pair of one currency and days to come."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("base") and data.get("base") == data.get("quote"):
            self.add_error("quote", _("Choose two different currencies."))
        if data.get("as_of") and data["as_of"] > now().date() + timedelta(days=1):
            self.add_error("as_of", _("A rate cannot be for a day to come."))
        return data


class ReasonForm(ConsoleForm):
    """Why something is done, for the audit log."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
