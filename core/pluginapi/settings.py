"""Typed settings of a plug-in: the form, the JSON schema and the docs table come from the class."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from core.shared.text import Text

Secret = SecretStr
"""The type of a secret setting: write-only in forms, encrypted at rest, never in ``repr``."""


class PluginSettings(BaseModel):
    """Base of every plug-in's settings. Unknown keys are refused; instances are frozen.

    ``VERSION`` is raised when stored settings need ``migrate_settings``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
    VERSION: ClassVar[int] = 1


def setting(
    default: Any = ...,
    *,
    label: Text,
    help: Text | None = None,
    **constraints: Any,
) -> Any:
    """Declare one setting with its label and help in three languages.

    ``constraints`` are pydantic's (``ge``, ``le``, ``max_length``, ``pattern`` …). Without a
    default the setting is required.
    """
    words: Any = {"label": label.as_dict(), "help": help.as_dict() if help else {}}
    return Field(
        default,
        title=label.en,
        description=help.en if help else None,
        json_schema_extra=words,
        **constraints,
    )
