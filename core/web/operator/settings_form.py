"""The form of a plug-in's settings, made from its settings class. Secrets go in, never out."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.kernel import configuration
from core.kernel.registry import Plugin
from core.shared.text import Text
from core.web.operator.forms import ConsoleForm

BLANK_ROWS = 2
MOST_ROWS = 200
REMOVE = "remove_row"


class SettingsForm(ConsoleForm):
    """One field for each setting, and a form for each row of a setting that is a table."""

    kinds: dict[str, str]
    tables: dict[str, Table]

    @property
    def summary(self) -> str:
        """The first words of a row, by which people know it."""
        kinds = list(self.kinds.items())[:3]
        words = [str(self.initial.get(name) or "") for name, kind in kinds if kind != "secret"]
        return " · ".join(filter(None, words))

    def is_valid(self) -> bool:
        """Check the fields and every row."""
        rows = [row.is_valid() for table in self.tables.values() for row in table.rows]
        return super().is_valid() and all(rows)

    def values(self) -> dict[str, Any]:
        """Return what was typed in the shapes that the settings class reads."""
        plain = {
            name: _shaped(self.cleaned_data[name], kind)
            for name, kind in self.kinds.items()
            if not (kind == "secret" and not self.cleaned_data[name])
        }
        return plain | {name: table.values() for name, table in self.tables.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """A setting of many rows: those that are stored, then empty ones to be filled."""

    label: str
    help_text: str
    count_name: str
    rows: list[SettingsForm]

    def values(self) -> list[dict[str, Any]]:
        """Return the rows that are kept."""
        return [
            row.values()
            for row in self.rows
            if (not row.empty_permitted or row.has_changed()) and not row.cleaned_data.get(REMOVE)
        ]


def settings_form(plugin: Plugin, place: str, data: Any = None) -> SettingsForm | None:
    """Return the form of ``plugin`` at ``place`` (a channel's key, "" for the platform).

    None when the plug-in has no settings.
    """
    if plugin.settings is None:
        return None
    stored = configuration.stored_values(plugin, place)
    sealed = configuration.secret_names(plugin, place)
    return _form_of(plugin.settings, stored, sealed, SettingsForm(data, auto_id="setting_%s"))


def _form_of(
    settings: type[BaseModel],
    stored: Mapping[str, Any],
    sealed: frozenset[str],
    form: SettingsForm,
) -> SettingsForm:
    form.kinds, form.tables = {}, {}
    for name, info in settings.model_fields.items():
        row_class = _row_class(info.annotation)
        if row_class is not None:
            form.tables[name] = _table(form, name, info, row_class, stored.get(name))
            continue
        kind, field = _field(info, is_stored=name in sealed)
        form.kinds[name] = kind
        form.fields[name] = field
        if kind != "secret":
            form.initial[name] = _initial(stored, name, info, kind)
    return form


def _table(
    form: SettingsForm, name: str, info: FieldInfo, row_class: type[BaseModel], stored: Any
) -> Table:
    words = _words(info)
    found: list[Mapping[str, Any]] = [dict(row) for row in stored or ()]
    count_name = f"{name}-rows"
    count = len(found) + BLANK_ROWS
    if form.is_bound:
        given = str(form.data.get(count_name, ""))
        count = min(int(given[:4]), MOST_ROWS) if given[:4].isdecimal() else count
    rows = []
    for at in range(count):
        prefix = f"{name}-{at}"
        if form.is_bound and not any(key.startswith(f"{prefix}-") for key in form.data):
            continue
        row = SettingsForm(
            form.data if form.is_bound else None,
            prefix=prefix,
            auto_id="setting_%s",
            empty_permitted=at >= len(found),
            use_required_attribute=False,
        )
        _form_of(row_class, found[at] if at < len(found) else {}, frozenset(), row)
        if at < len(found):
            row.fields[REMOVE] = forms.BooleanField(label=_("Remove this row"), required=False)
        rows.append(row)
    return Table(words["label"], words["help_text"], count_name, rows)


def _row_class(annotation: Any) -> type[BaseModel] | None:
    """Return the class of the rows where a setting is a list of them."""
    if get_origin(annotation) not in (list, tuple):
        return None
    inner = [one for one in get_args(annotation) if one is not ...]
    is_rows = len(inner) == 1 and isinstance(inner[0], type) and issubclass(inner[0], BaseModel)
    return inner[0] if is_rows else None


def _field(info: FieldInfo, *, is_stored: bool) -> tuple[str, forms.Field]:
    kind, inner = _kind(info.annotation)
    words = _words(info)
    # A value may be left out where the class has a default for it, or allows none.
    words["required"] = info.is_required() and kind != "bool" and not is_stored
    if kind == "secret":
        return kind, _secret(words, is_stored=is_stored)
    if kind == "choice":
        return kind, forms.ChoiceField(choices=inner, **words)
    makers: dict[str, Any] = {
        "bool": forms.BooleanField,
        "int": forms.IntegerField,
        "decimal": forms.DecimalField,
    }
    if kind in makers:
        return kind, makers[kind](**words, **_limits(info, kind))
    if kind in {"list", "json"}:
        words["help_text"] = " ".join(filter(None, (words["help_text"], _SHAPES[kind]())))
        return kind, forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **words)
    return kind, forms.CharField(**words, **_limits(info, kind))


_SHAPES = {"list": lambda: _("One a line."), "json": lambda: _("As JSON.")}


def _secret(words: dict[str, Any], *, is_stored: bool) -> forms.Field:
    if is_stored:
        kept = _("A value is stored and is never shown. Type a new one to replace it.")
        words["help_text"] = " ".join(filter(None, (words["help_text"], kept)))
    attributes = {"autocomplete": "new-password", "placeholder": "••••••••" if is_stored else ""}
    widget = forms.PasswordInput(render_value=False, attrs=attributes)
    return forms.CharField(widget=widget, strip=True, max_length=4000, **words)


def _kind(annotation: Any) -> tuple[str, Any]:
    """Return how a setting is typed in, and its choices where it has some."""
    options = [a for a in get_args(annotation) if a is not type(None)]
    if get_origin(annotation) in (Union, types.UnionType) and len(options) == 1:
        return _kind(options[0])
    if get_origin(annotation) is Literal:
        return "choice", [(str(one), str(one)) for one in options]
    origin = get_origin(annotation) or annotation
    return _plain_kind(origin, options) if isinstance(origin, type) else ("json", None)


def _plain_kind(origin: type, options: list[Any]) -> tuple[str, Any]:
    if issubclass(origin, Enum):
        return "choice", [(str(one.value), str(one.value)) for one in origin]
    if issubclass(origin, (list, tuple, set, frozenset)):
        return ("list" if all(one in (str, ...) for one in options) else "json"), None
    return next((kind for base, kind in _KINDS if issubclass(origin, base)), "json"), None


_KINDS: tuple[tuple[type, str], ...] = (
    (SecretStr, "secret"),
    (bool, "bool"),
    (int, "int"),
    (Decimal, "decimal"),
    (str, "text"),
)


def _words(info: FieldInfo) -> dict[str, Any]:
    language = get_language() or "en"
    given = info.json_schema_extra if isinstance(info.json_schema_extra, Mapping) else {}
    label, help_text = given.get("label") or {}, given.get("help") or {}
    return {
        "label": Text.from_dict(label).in_language(language) or info.title or "",  # type: ignore[arg-type]
        "help_text": Text.from_dict(help_text).in_language(language),  # type: ignore[arg-type]
    }


def _limits(info: FieldInfo, kind: str) -> dict[str, Any]:
    """Return the limits that the browser and Django can say in the operator's language."""
    found: dict[str, Any] = {}
    names = {"ge": "min_value", "le": "max_value"}
    if kind == "text":
        names = {"max_length": "max_length", "min_length": "min_length"}
    for constraint in info.metadata:
        for theirs, ours in names.items():
            limit = getattr(constraint, theirs, None)
            if limit is not None:
                found[ours] = limit
    if kind == "text":
        found.setdefault("max_length", 4000)
    return found


def _initial(stored: Mapping[str, Any], name: str, info: FieldInfo, kind: str) -> Any:
    value = stored[name] if name in stored else info.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None:
        return None
    if isinstance(value, Enum):
        value = value.value
    if kind == "list":
        return "\n".join(map(str, value))
    if kind == "json":
        return json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return value


def _shaped(value: Any, kind: str) -> Any:
    if kind == "list":
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]
    if kind == "json":
        return _parsed(value)
    if kind in {"int", "decimal"}:
        return value
    return value if value != "" or kind in {"text", "secret"} else None


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if value else None
    except (ValueError, RecursionError):
        return value
