"""What the kernel raises. Messages are sentences for an operator."""

from __future__ import annotations


class KernelError(Exception):
    """Something about plug-ins cannot be done; the message says what to change."""


class ActivationRefused(KernelError):
    """A plug-in was not switched on or off, or its settings were not stored."""


class ProviderFailed(KernelError):
    """A provider gave no usable answer.

    ``permanent`` says that trying again will not help. ``code`` and ``path`` are those of the
    plug-in's InvalidInput, else "". ``retry_after`` is in seconds, or None.
    """

    def __init__(
        self,
        plugin: str,
        key: str,
        reason: str,
        *,
        permanent: bool = False,
        code: str = "",
        path: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{plugin or key}: {reason}")
        self.plugin = plugin
        self.key = key
        self.reason = reason
        self.permanent = permanent
        self.code = code
        self.path = path
        self.retry_after = retry_after


class ProviderMissing(ProviderFailed):
    """Nobody who is switched on here answers to the key."""

    def __init__(self, key: str, reason: str, *, plugin: str = "") -> None:
        super().__init__(plugin, key, reason, permanent=True, code="provider_missing")


class UnknownHook(KernelError):
    """A hook was called that no spec declares."""


class WrongAnswer(KernelError):
    """A plug-in's answer is not of the declared type, or its amounts cannot be used."""


class TamperedState(KernelError):
    """A plug-in changed something that others share; it was put back."""


class ForbiddenWrite(KernelError):
    """A plug-in tried to change a table that is not its own."""
