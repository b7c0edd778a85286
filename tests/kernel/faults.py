"""The twelve faults of the plug-in fault matrix, as functions that answer instead of a plug-in."""

from __future__ import annotations

import decimal
import locale
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

IN_PROCESS = (
    "exception",
    "system_exit",
    "wrong_type",
    "bad_amount",
    "none",
    "mutates_argument",
    "decimal_context",
    "broken_transaction",
)
PROCESS = ("io_hang", "cpu_spin", "two_gib", "os_exit")
FAULTS = (*IN_PROCESS, *PROCESS)


@dataclass
class Given:
    """What a fault may work with: the arguments, and a wrong amount made for the hook."""

    arguments: tuple[Any, ...]
    bad_amount: Any = None


def commit(fault: str, given: Given) -> Any:
    """Do what ``fault`` is called after."""
    return globals()[f"_{fault}"](given)


def _exception(given: Given) -> Any:
    raise ValueError("a plug-in's own mistake")


def _system_exit(given: Given) -> Any:
    sys.exit(3)


def _wrong_type(given: Given) -> Any:
    return "12.5"


def _bad_amount(given: Given) -> Any:
    return given.bad_amount


def _none(given: Given) -> Any:
    return None


def _mutates_argument(given: Given) -> Any:
    for argument in given.arguments:
        _clear(argument)
    return given.bad_amount


def _clear(value: Any) -> None:
    if isinstance(value, dict | list):
        value.clear()
        return
    for name in getattr(value, "__dataclass_fields__", {}):
        inner = getattr(value, name)
        if isinstance(inner, dict | list):
            inner.clear()
        elif isinstance(inner, tuple):
            for item in inner:
                _clear(item)
        elif hasattr(inner, "__dataclass_fields__"):
            _clear(inner)


def _decimal_context(given: Given) -> Any:
    decimal.getcontext().prec = 3
    decimal.getcontext().traps[decimal.InvalidOperation] = False
    os.environ["TZ"] = "America/St_Johns"
    time.tzset()
    locale.setlocale(locale.LC_ALL, "C")
    return given.bad_amount


def _broken_transaction(given: Given) -> Any:
    from core.kernel.models import Channel

    list(Channel.objects.all()[:1])
    from django.db import connection

    connection.needs_rollback = True
    try:
        raise IntegrityError("swallowed")
    except IntegrityError:
        return given.bad_amount


def _io_hang(given: Given) -> Any:
    time.sleep(3600)


def _cpu_spin(given: Given) -> Any:
    while True:
        pass


def _two_gib(given: Given) -> Any:
    return bytearray(2 << 30)


def _os_exit(given: Given) -> Any:
    os._exit(1)
