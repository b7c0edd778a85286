"""Finds plug-ins: entry points of the group ``haitao.plugins`` and what lies in ``plugins/``."""

from __future__ import annotations


def django_apps() -> list[str]:
    """Return the Django apps that the found manifests name."""
    return []
