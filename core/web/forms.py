"""What forms of every door share."""

from __future__ import annotations

from typing import Protocol

from django.forms import Form
from django.utils.functional import Promise


class FieldError(Protocol):
    """A refusal of a room that names the field at fault."""

    field: str
    message: str | Promise


def add_error(form: Form, error: FieldError) -> None:
    """Show a room's refusal at the field that it names, or above the form."""
    name = error.field if error.field in form.fields else None
    form.add_error(name, str(error.message))
