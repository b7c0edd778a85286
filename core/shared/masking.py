"""Masks for personal data, and the log filter that applies them to everything that is logged."""

from __future__ import annotations

import logging
import re

STAR = "*"

_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?(1[3-9]\d)[ -]?\d{4}[ -]?\d{2}(\d{2})(?!\d)")
_IDENTITY_18 = re.compile(
    r"(?<!\d)([1-9]\d{3})\d{2}[ -]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d"
    r"[ -]?(\d{3}[\dXx])(?!\d)"
)
_IDENTITY_15 = re.compile(r"(?<!\d)([1-9]\d{3})\d{4}(?:0[1-9]|1[0-2])[0-3]\d(\d{3})(?!\d)")
_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("Ｘ"): "X"}


def mask_identity(number: str) -> str:
    """Return an identity number with its first and last four characters alone."""
    return f"{number[:4]}{STAR * max(len(number) - 8, 4)}{number[-4:]}"


def mask_phone(number: str) -> str:
    """Return a phone number with at least six digits hidden."""
    if len(number) < 8:
        return STAR * 6
    shown = 3 if len(number) >= 11 else 1
    return f"{number[:shown]}{STAR * (len(number) - shown - 2)}{number[-2:]}"


def mask_name(name: str) -> str:
    """Return a name with its first character alone; the length is not told."""
    return f"{name[:1]}{STAR * 2}" if name else ""


def redact(text: str) -> str:
    """Mask every Chinese identity and mobile number in ``text``; the rest stays as it is."""
    folded = text.translate(_FULL_WIDTH)
    masked = _IDENTITY_18.sub(rf"\g<1>{STAR * 10}\g<2>", folded)
    masked = _IDENTITY_15.sub(rf"\g<1>{STAR * 8}\g<2>", masked)
    masked = _PHONE.sub(rf"\g<1>{STAR * 6}\g<2>", masked)
    return text if masked == folded else masked


class PersonalDataFilter(logging.Filter):
    """Masks messages and tracebacks before any handler formats them.

    It belongs on handlers, where records of every logger pass.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always True, because nothing is dropped."""
        record.msg = redact(_message_of(record))
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} (its arguments do not fit)"
