"""Judges what plug-ins answer: declared types, finite amounts, the right currency.

For each dataclass one expression is compiled, as ``dataclasses`` itself compiles ``__init__``, so
that a good answer costs a few hundred nanoseconds; only a bad one is walked to say what is wrong.
"""

from __future__ import annotations

import dataclasses
import itertools
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin

from core.kernel.errors import WrongAnswer
from core.shared.money import Money, exponent

MAX_ITEMS = 100_000
MAX_DIGITS = 60
"""No number that anything here counts with has more; written out, 1e1000000 fills a megabyte."""

Check = Callable[[Any, "str | None"], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """What a hook must answer: ``many`` items, or one, of the type ``item``."""

    many: bool
    item: Any
    check: Check

    def one(self, value: Any, currency: str | None) -> None:
        """Raise WrongAnswer unless ``value`` is a usable item."""
        if not self.check(value, currency):
            reason = complaint(value, self.item, currency)
            if reason:
                raise WrongAnswer(reason)

    def items(self, value: Any, currency: str | None) -> Sequence[Any]:
        """Return ``value`` as a sequence of usable items. Raises WrongAnswer."""
        rows = listed(value)
        check = self.check
        for row in rows:
            if not check(row, currency):
                self.one(row, currency)
        return rows


def shape_of(annotation: Any) -> Shape:
    """Return the shape that a return annotation declares."""
    inner = _without_none(annotation)
    if get_origin(inner) in {Iterable, Sequence, Iterator, list}:
        item = get_args(inner)[0]
        return Shape(True, item, check_of(item))
    return Shape(False, inner, check_of(inner))


def listed(value: Any) -> Sequence[Any]:
    """Return an answer of several items as a list; generators are read here, inside the guard."""
    if type(value) is list or type(value) is tuple:
        return value
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise WrongAnswer(f"answered {type(value).__name__}, not a list")
    rows = []
    for row in value:
        rows.append(row)
        if len(rows) > MAX_ITEMS:
            raise WrongAnswer(f"answered more than {MAX_ITEMS} items")
    return rows


@cache
def check_of(wanted: Any) -> Check:
    """Return a function that says, fast, whether a value is certainly good."""
    scope: dict[str, Any] = {"Money": Money, "Decimal": Decimal}
    if isinstance(wanted, type):
        body = expression(wanted, scope)
    else:
        body = _term("value", wanted, scope) or "True"
    return typing.cast("Check", eval(f"lambda value, currency: {body}", scope))  # noqa: S307


def expression(wanted: Any, scope: dict[str, Any]) -> str:
    """Return an expression over ``value`` and ``currency`` that is true for a good answer.

    ``scope`` is given the names that it uses. A false one says only that a look is needed.
    """
    if not isinstance(wanted, type):
        return "False"
    scope |= {"wanted": wanted, "Money": Money, "Decimal": Decimal}
    if wanted is Money:
        terms = [_amount_term("value", Money, scope)]
    elif dataclasses.is_dataclass(wanted):
        terms = list(_terms(wanted, scope))
    else:
        terms = []
    return " and ".join(["type(value) is wanted", *terms])


def complaint(value: Any, wanted: Any, currency: str | None) -> str:
    """Return what is wrong with ``value``, or "" when it is good after all."""
    if wanted in {Any, object} or get_origin(wanted) is Callable or _is_protocol(wanted):
        return ""
    origin = get_origin(wanted)
    if origin in {typing.Union, types.UnionType}:
        complaints = [complaint(value, option, currency) for option in get_args(wanted)]
        return "" if "" in complaints else complaints[0]
    if origin is not None:
        return _container_complaint(value, origin, get_args(wanted), currency)
    wanted = getattr(wanted, "__supertype__", wanted)
    if wanted is type(None):
        return "" if value is None else f"answered {type(value).__name__}, not None"
    if isinstance(wanted, type) and not isinstance(value, wanted):
        return f"answered {type(value).__name__} where {wanted.__name__} is due"
    return _amount_complaint(value, currency) or _field_complaint(value, currency)


def _amount_complaint(value: Any, currency: str | None) -> str:
    if not isinstance(value, Money):
        return _number_complaint(value) if isinstance(value, Decimal) else ""
    if not isinstance(value.amount, Decimal) or not value.amount.is_finite():
        return f"the amount {value.amount} is not finite"
    if currency is not None and value.currency != currency:
        return f"the amount is in {value.currency}, not in {currency}"
    try:
        exponent(value.currency)
    except ValueError as error:
        return str(error)
    return ""


def _number_complaint(value: Decimal) -> str:
    if not value.is_finite():
        return f"the number {value} is not finite"
    return "a number is out of range" if abs(value.adjusted()) >= MAX_DIGITS else ""


def _field_complaint(value: Any, currency: str | None) -> str:
    if isinstance(value, Money) or not dataclasses.is_dataclass(value):
        return ""
    kind: Any = type(value)
    hints = _hints(kind)
    for field in dataclasses.fields(value):
        reason = complaint(getattr(value, field.name), hints.get(field.name, Any), currency)
        if reason:
            return f"{type(value).__name__}.{field.name}: {reason}"
    return ""


def _container_complaint(
    value: Any, origin: Any, inner: tuple[Any, ...], currency: str | None
) -> str:
    if not isinstance(origin, type) or origin is type:
        return ""
    if not isinstance(value, origin) or isinstance(value, (str, bytes)):
        return f"answered {type(value).__name__} where {origin.__name__} is due"
    if isinstance(value, Mapping):
        pairs = [(item, inner[1]) for item in value.values()] if len(inner) == 2 else []
    elif isinstance(value, tuple) and inner and inner[-1] is not Ellipsis:
        if len(value) != len(inner):
            return f"has {len(value)} items, not {len(inner)}"
        pairs = list(zip(value, inner, strict=True))
    elif isinstance(value, Sequence) and inner:
        pairs = [(item, inner[0]) for item in value]
    else:
        pairs = []
    return next((c for c in (complaint(v, t, currency) for v, t in pairs) if c), "")


def _terms(wanted: type, scope: dict[str, Any]) -> Iterator[str]:
    """Yield one condition for each field that can be judged fast; the rest fails the fast way."""
    for name, hint in _hints(wanted).items():
        if name in getattr(wanted, "__dataclass_fields__", {}):
            term = _term(f"value.{name}", hint, scope)
            if term:
                yield term


def _term(place: str, wanted: Any, scope: dict[str, Any]) -> str:
    """Return the condition for what is found at ``place``, "" where anything goes."""
    wanted = getattr(wanted, "__supertype__", wanted)
    origin = get_origin(wanted)
    if wanted is Any or wanted is object or origin is _abc("Callable"):
        return ""
    if wanted in (Money, Decimal):
        return _amount_term(place, wanted, scope)
    if origin in {typing.Union, types.UnionType}:
        return _union_term(place, get_args(wanted), scope)
    if not isinstance(wanted, type) or origin is not None:
        return _container_term(place, wanted, scope)
    if dataclasses.is_dataclass(wanted) and _has_amounts(wanted):
        return f"{_named(check_of(wanted), scope)}({place}, currency)"
    return f"type({place}) is {_named(wanted, scope)}"


def _union_term(place: str, options: tuple[Any, ...], scope: dict[str, Any]) -> str:
    terms = [_term(place, one, scope) for one in options if one is not types.NoneType]
    if "" in terms:
        return ""
    nothing = [f"{place} is None"] * (types.NoneType in options)
    return f"({' or '.join([*nothing, *(f'({term})' for term in terms)])})"


def _container_term(place: str, wanted: Any, scope: dict[str, Any]) -> str:
    """Look into a tuple of one type and into a dictionary's values; walk everything else."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is tuple and inner and Ellipsis not in inner:
        terms = [_term(f"{place}[{number}]", one, scope) for number, one in enumerate(inner)]
        sized = f"type({place}) is tuple and len({place}) == {len(inner)}"
        return " and ".join([sized, *(term for term in terms if term)])
    if origin is tuple and len(inner) == 2:
        kind, items, item = "tuple", place, inner[0]
    elif origin is _abc("Mapping") and len(inner) == 2:
        kind, items, item = "dict", f"{place}.values()", inner[1]
    else:
        return f"{_named(_slow_check(wanted), scope)}({place}, currency)"
    scope |= {"all": all, "map": map, "repeat": itertools.repeat}
    each = _named(check_of(item), scope)
    found = f"(not {place} or all(map({each}, {items}, repeat(currency))))"
    return f"type({place}) is {kind} and {found}"


def _named(thing: Any, scope: dict[str, Any]) -> str:
    name = f"name{len(scope)}"
    scope[name] = thing
    return name


def _amount_term(place: str, wanted: Any, scope: dict[str, Any]) -> str:
    if wanted is Decimal:
        bounds = f"{-MAX_DIGITS} < {place}.adjusted() < {MAX_DIGITS}"
        return f"type({place}) is Decimal and {place}.is_finite() and {bounds}"
    # Money itself refuses amounts that are not finite, so its type says enough.
    scope["known"] = _KNOWN
    return (
        f"type({place}) is Money and ({place}.currency == currency"
        f" or currency is None and {place}.currency in known)"
    )


def _slow_check(wanted: Any) -> Check:
    return lambda value, currency: not complaint(value, wanted, currency)


def _has_amounts(wanted: type) -> bool:
    return any(_mentions_amounts(hint) for hint in _hints(wanted).values())


def _mentions_amounts(hint: Any) -> bool:
    if hint in {Money, Decimal}:
        return True
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _has_amounts(hint)
    return any(_mentions_amounts(inner) for inner in get_args(hint))


@cache
def _hints(wanted: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(wanted)
    except NameError:
        return {}


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) not in {typing.Union, types.UnionType}:
        return annotation
    rest = [option for option in get_args(annotation) if option is not type(None)]
    if len(rest) == len(get_args(annotation)):
        return annotation
    return rest[0] if len(rest) == 1 else typing.Union[tuple(rest)]  # noqa: UP007


def _abc(name: str) -> Any:
    import collections.abc

    return getattr(collections.abc, name)


def _is_protocol(wanted: Any) -> bool:
    return bool(getattr(wanted, "_is_protocol", False))


class _Known(dict[str, bool]):
    """Currency codes that exist; asked once each."""

    def __contains__(self, code: object) -> bool:
        known = self.get(str(code))
        if known is None:
            try:
                exponent(str(code))
                known = True
            except ValueError:
                known = False
            if len(self) < 1000:
                self[str(code)] = known
        return known


_KNOWN = _Known()
