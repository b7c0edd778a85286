"""Fragments of plug-ins, drawn into pages; one that fails leaves its place empty."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import cast

from django.template.backends.django import DjangoTemplates
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.kernel.hooks import Answer
from core.kernel.registry import registry
from core.pluginapi import Fragment
from core.shared.text import Text

log = logging.getLogger(__name__)


def fragments(answers: Iterable[Answer[Fragment]]) -> list[SafeString]:
    """Return the drawn fragments in their order; those that cannot be drawn are left out."""
    drawn = (fragment_html(answer.plugin, answer.value) for answer in answers)
    return [html for html in drawn if html]


def fragment_html(plugin: str, fragment: Fragment) -> SafeString | None:
    """Draw one fragment, autoescaped, or return None when it cannot be drawn.

    Only templates under the plug-in's own key are taken.
    """
    if not fragment.template.startswith(f"{plugin}/") or ".." in fragment.template:
        log.warning("slot of %s: template %r is not its own", plugin, fragment.template)
        return None
    try:
        template = _engine(plugin).get_template(fragment.template)
        return cast("SafeString", template.render(_shown(fragment.context)))
    except Exception:
        log.exception("slot of %s left empty", plugin)
        return None


def _shown(context: Mapping[str, object]) -> dict[str, object]:
    language = get_language() or "en"
    return {name: _plain(value, language) for name, value in context.items()}


def _plain(value: object, language: str) -> object:
    """Keep numbers; everything else becomes plain text, so that nothing arrives marked as safe."""
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, bool | int | Decimal):
        return value
    return str(value).encode().decode()


@lru_cache(maxsize=256)
def _engine(plugin: str) -> DjangoTemplates:
    """Return an engine that sees the templates of one plug-in and no others."""
    return DjangoTemplates(
        {
            "NAME": f"slot-{plugin}",
            "DIRS": [str(folder) for folder in _folders(plugin)],
            "APP_DIRS": False,
            "OPTIONS": {"autoescape": True, "builtins": ["django.templatetags.i18n"]},
        }
    )


def _folders(plugin: str) -> list[Path]:
    """Return where a plug-in keeps templates: ``templates`` beside its module."""
    found = registry().plugins.get(plugin)
    file = getattr(found.found.module, "__file__", None) if found else None
    return [Path(file).parent / "templates"] if file else []
