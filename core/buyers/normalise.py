"""Checks and one spelling for names, phone numbers and identity numbers. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum import exceptions as stdnum
from stdnum.cn import ric

from core.buyers.errors import BuyerError
from core.shared.clock import today
from core.shared.numbers import fold, is_known_region

NAME_LENGTH = (2, 60)
EARLIEST_BIRTH = date(1900, 1, 1)

_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_PHONE = re.compile(r"\+?[0-9]{6,15}", re.ASCII)
_NAME_MARKS = frozenset(" ·•.'-’")


def person_name(text: str, *, field: str = "name") -> str:
    """Return a person's name in NFKC with single blanks.

    Raises BuyerError(name_invalid) for names that are too short or long, or hold digits or signs.
    """
    name = " ".join(unicodedata.normalize("NFKC", text[:200]).split())
    known = all(part.isalpha() or part in _NAME_MARKS or _is_mark(part) for part in name)
    if not NAME_LENGTH[0] <= len(name) <= NAME_LENGTH[1] or not known:
        raise BuyerError(
            "name_invalid",
            _("Enter the name as it is written on the identity document, 2 to 60 letters."),
            field=field,
        )
    return name


def phone_number(text: str, *, country: str) -> str:
    """Return a phone number with digits and an optional leading plus.

    Numbers of China get +86. Raises BuyerError(phone_invalid).
    """
    folded = fold(text)
    if country == "CN":
        local = re.sub(r"^(\+86|0086|86(?=1[3-9][0-9]{9}$))", "", folded)
        folded = f"+86{local}" if re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}", local) else ""
    if not _PHONE.fullmatch(folded):
        raise BuyerError(
            "phone_invalid",
            _("Enter a phone number that the delivering carrier can call."),
            field="phone",
        )
    return folded


def identity_number(text: str) -> str:
    """Return a resident identity number of China: 18 characters, ASCII, X in upper case.

    Raises BuyerError with ``identity_length``, ``identity_format``, ``identity_checksum``,
    ``identity_birth_date`` or ``identity_region``; the message never shows the number.
    """
    number = fold(text)
    if len(number) != 18:
        raise _error("identity_length", _("A resident identity number has 18 characters."))
    if not _NUMBER.fullmatch(number):
        raise _error(
            "identity_format",
            _("A resident identity number has 17 digits and ends with a digit or X."),
        )
    if number[-1] != ric.calc_check_digit(number):
        raise _error(
            "identity_checksum",
            _("The last character does not fit the number: one digit is probably mistyped."),
        )
    _check_parts(number)
    return number


def _check_parts(number: str) -> None:
    # stdnum's own table of counties refuses people who were born before their county was founded
    # or were registered later than they were born, so the province alone is asked for.
    if not is_known_region(number):
        raise _error("identity_region", _("The first six digits are not a region of China."))
    try:
        born = ric.get_birth_date(number)
    except stdnum.ValidationError:
        born = None
    if born is None or not EARLIEST_BIRTH <= born <= today("Asia/Shanghai"):
        raise _error("identity_birth_date", _("The date of birth in the number is not possible."))


def _error(code: str, message: Any) -> BuyerError:
    return BuyerError(code, message, field="number")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc"}
