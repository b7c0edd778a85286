"""What plug-ins share with everyone and must leave as they found it."""

from __future__ import annotations

import contextvars
import locale
import os
import time
from decimal import Context, getcontext, setcontext
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone, translation

from core.kernel.calls import CALLS, Call

NEVER = float("inf")
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


def arithmetic_of(call: Call) -> Arithmetic:
    """Return how this thread calculates now.

    Inside another plug-in's turn the alarm is raised, so that its own turn is looked at too.
    """
    known = call.arithmetic
    if call.deadline != NEVER:
        call.alarm = True
        return Arithmetic()
    if call.alarm or known is None or known.context is not getcontext():
        return observe(call)
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


class Surroundings(NamedTuple):
    """Time zone, locale, folder, file mask of this process; language and zone of this thread.

    ``mask`` is None where it is not looked at: reading it costs as much as all the rest. Language
    and zone of the thread are variables of ``context``: one that is untouched says that they are.
    """

    zone: str | None
    names: tuple[str, str]
    locale: str
    folder: str
    mask: int | None
    context: contextvars.Context

    @classmethod
    def taken(cls, *, mask: bool = True) -> Surroundings:
        """Return how things are now."""
        return cls(
            os.environ.get("TZ"),
            time.tzname,
            locale.setlocale(locale.LC_ALL),
            os.getcwd(),
            _mask() if mask else None,
            contextvars.copy_context(),
        )

    def repaired(self) -> list[str]:
        """Put everything back; returns what had been changed."""
        after = Surroundings.taken(mask=self.mask is not None)
        if after == self:
            return []
        names = ("zone", "names", "locale", "folder", "mask")
        changed = [name for name in names if getattr(self, name) != getattr(after, name)]
        if {"zone", "names"} & set(changed):
            self._repair_zone()
        if "locale" in changed:
            locale.setlocale(locale.LC_ALL, self.locale)
        if "folder" in changed:
            os.chdir(self.folder)
        if "mask" in changed and self.mask is not None:
            os.umask(self.mask)
        return changed + self._repaired_thread()

    def _repaired_thread(self) -> list[str]:
        changed = []
        language = self.context.run(translation.get_language)
        if translation.get_language() != language:
            translation.activate(language or "en")
            changed.append("language")
        zone = self.context.run(timezone.get_current_timezone)
        if timezone.get_current_timezone() != zone:
            timezone.activate(zone)
            changed.append("current_zone")
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
