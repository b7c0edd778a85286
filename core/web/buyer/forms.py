"""What a buyer fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from core.buyers.types import AddressInput
from core.web.countries import country_choices

if TYPE_CHECKING:
    _UserForm = BaseUserCreationForm[User]
else:
    _UserForm = BaseUserCreationForm


class SignInForm(AuthenticationForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages = {
            "invalid_login": _("E-mail address and password do not belong together."),
            "inactive": _("This account is closed."),
        }
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget.input_type = "email"
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = _("Password")

    def clean_username(self) -> str:
        """Fold the address as it is stored."""
        return str(self.cleaned_data["username"]).strip().lower()


class SignUpForm(_UserForm):
    """A new account."""

    class Meta:
        model = User
        fields = ("email",)
        labels: ClassVar[dict[str, Any]] = {"email": _("E-mail address")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        """Fold the address, so that it exists once in any spelling."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("There is an account with this address. Sign in."))
        return email

    def save(self, commit: bool = True) -> User:
        """Create the user with the language of the page."""
        user = super().save(commit=False)
        user.language = get_language() or "en"
        if commit:
            user.save()
        return user


class AddressForm(forms.Form):
    """Where a parcel goes. The services check each line; here only its length is bounded."""

    recipient = forms.CharField(
        label=_("Recipient"),
        max_length=60,
        help_text=_("As on the identity document, where customs asks for one."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    country = forms.ChoiceField(label=_("Country"))
    region = forms.CharField(
        label=_("State or province"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    city = forms.CharField(
        label=_("City"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    district = forms.CharField(
        label=_("District"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level3"}),
    )
    street = forms.CharField(
        label=_("Street and house number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        if isinstance(country, forms.ChoiceField):
            country.choices = country_choices()

    @property
    def given(self) -> AddressInput:
        """The entered address, to be checked by the buyers' room."""
        return AddressInput(**self.cleaned_data)


class UnrepeatedInput(forms.TextInput):
    """An input whose value is never written back into a page."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Leave the value out, also where it was refused."""
        return super().get_context(name, None, attrs)


class IdentityForm(forms.Form):
    """Real name and identity number."""

    name = forms.CharField(
        label=_("Name on the identity card"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    number = forms.CharField(
        label=_("Resident identity number"),
        max_length=30,
        help_text=_("18 characters; the last may be an X."),
        widget=UnrepeatedInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
