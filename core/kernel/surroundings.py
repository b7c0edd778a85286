"""What plug-ins share with everyone and must leave as they found it."""

from __future__ import annotations

import locale
import os
import time
from dataclasses import dataclass
from decimal import Context, getcontext, setcontext
from pathlib import Path
from typing import Any

from django.utils import timezone, translation

from core.kernel.calls import CALLS, Call

ATTRIBUTES = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")


class WatchedContext(Context):
    """A decimal context that raises this thread's alarm when its settings are touched."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute and raise the alarm."""
        CALLS.call.alarm = True
        super().__setattr__(name, value)

    def __getattribute__(self, name: str) -> Any:
        """Return an attribute; whoever asks for the traps may change them."""
        if name == "traps":
            CALLS.call.alarm = True
        return super().__getattribute__(name)

    def clear_traps(self) -> None:
        """Trap nothing, and raise the alarm."""
        CALLS.call.alarm = True
        super().clear_traps()


class Arithmetic:
    """The decimal context as it was before a plug-in was called; repaired only on change.

    ``foreign`` contexts, which somebody set up for a while, raise no alarm and are compared after
    every call.
    """

    __slots__ = ("context", "copy", "foreign")

    def __init__(self) -> None:
        self.context = getcontext()
        self.copy: Context = self.context.copy()
        self.foreign = type(self.context) is not WatchedContext

    def changed(self) -> bool:
        """Say whether this thread calculates differently now."""
        context, copy = self.context, self.copy
        if getcontext() is not context or context.traps != copy.traps:
            return True
        return any(getattr(context, name) != getattr(copy, name) for name in ATTRIBUTES)

    def repair(self) -> bool:
        """Put the context back; returns whether it had been changed."""
        if not self.changed():
            return False
        for name in ATTRIBUTES:
            setattr(self.context, name, getattr(self.copy, name))
        for signal, trapped in self.copy.traps.items():
            self.context.traps[signal] = trapped
        setcontext(self.context)
        return True


def observe(call: Call) -> Arithmetic:
    """Return how this thread calculates now, and quiet its alarm."""
    call.arithmetic = known = Arithmetic()
    call.alarm = known.foreign
    return known


def watch_arithmetic() -> None:
    """Let this thread calculate as before, in a context that notices changes."""
    given = getcontext()
    if isinstance(given, WatchedContext):
        return
    watched = WatchedContext(
        prec=given.prec,
        rounding=given.rounding,
        Emin=given.Emin,
        Emax=given.Emax,
        capitals=given.capitals,
        clamp=given.clamp,
        flags=[],
        traps=[signal for signal, trapped in given.traps.items() if trapped],
    )
    setcontext(watched)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time zone, locale, language, folder, file mask of this process and thread."""

    zone: str | None
    names: tuple[str, str]
    locale: str
    language: str | None
    current_zone: str
    folder: str
    mask: int | None

    @classmethod
    def taken(cls) -> Surroundings:
        """Return how things are now."""
        return cls(
            zone=os.environ.get("TZ"),
            names=time.tzname,
            locale=locale.setlocale(locale.LC_ALL),
            language=translation.get_language(),
            current_zone=timezone.get_current_timezone_name(),
            folder=os.getcwd(),
            mask=_mask(),
        )

    def repaired(self) -> list[str]:
        """Put everything back; returns what had been changed."""
        after = Surroundings.taken()
        changed = [name for name in self.__slots__ if getattr(self, name) != getattr(after, name)]
        if {"zone", "names"} & set(changed):
            self._repair_zone()
        if "locale" in changed:
            locale.setlocale(locale.LC_ALL, self.locale)
        if "language" in changed:
            translation.activate(self.language or "en")
        if "current_zone" in changed:
            timezone.activate(self.current_zone)
        if "folder" in changed:
            os.chdir(self.folder)
        if "mask" in changed and self.mask is not None:
            os.umask(self.mask)
        return changed

    def _repair_zone(self) -> None:
        if self.zone is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = self.zone
        time.tzset()


def _mask() -> int | None:
    """Return the file mask without setting it: other threads create files meanwhile."""
    try:
        with Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("Umask:"):
                    return int(line.split()[1], 8)
    except (OSError, ValueError):
        pass
    return None
