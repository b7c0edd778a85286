"""The two ways in which something outside of us fails. Plug-ins see them through the contract."""

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
