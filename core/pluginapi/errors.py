"""What a plug-in raises to say why it cannot answer."""

from __future__ import annotations

from core.shared.errors import InvalidInput, PluginError, Unavailable

__all__ = ["InvalidInput", "NotPermitted", "PluginError", "Unavailable"]


class NotPermitted(PluginError):
    """A verb was called that the manifest does not declare under ``needs``."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)
