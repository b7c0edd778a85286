"""What a plug-in raises to say why it cannot answer."""

from __future__ import annotations


class PluginError(Exception):
    """The plug-in failed. ``permanent`` says that trying again will not help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Unavailable(PluginError):
    """A partner's service did not answer. ``retry_after`` is in seconds, or None."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class InvalidInput(PluginError):
    """What the plug-in was given cannot be used: ``path`` says where, ``code`` says why."""

    def __init__(self, message: str, *, path: str = "$", code: str = "invalid_input") -> None:
        super().__init__(message, permanent=True)
        self.path = path
        self.code = code


class NotPermitted(PluginError):
    """A verb was called that the manifest does not declare under ``needs``."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)
