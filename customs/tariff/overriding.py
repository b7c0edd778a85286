"""Operators' own rates: dated, with author and reason, audited, and kept over every import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from core.accounts.services import record
from core.pluginapi import InvalidInput
from core.shared.clock import now
from customs.loading import line_key, touch
from customs.models import TariffOverride
from customs.tariff.cells import BARE_SIGNS, cell
from customs.tariff.facts import digits

PLUGIN = "operator"
KIND = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class OwnRate:
    """What an operator vouches for: ``rate`` as tariffs write it (``5%``, ``USD 1.5 / kg``)."""

    jurisdiction: str
    code: str
    kind: str
    rate: str
    valid_from: date
    valid_to: date | None
    reason: str
    author: str


def override_rate(own: OwnRate) -> TariffOverride:
    """Put an operator's rate over the tariff for some days. Raises InvalidInput."""
    code = digits(own.code)
    if not code:
        raise InvalidInput("a code has 2 to 13 digits", path="$.code")
    if not KIND.fullmatch(own.kind):
        raise InvalidInput("a kind is written like duty or vat", path="$.kind")
    if not own.reason.strip():
        raise InvalidInput("an override needs a reason", path="$.reason")
    if own.valid_to and own.valid_to < own.valid_from:
        raise InvalidInput("the last day is before the first", path="$.valid_to")
    read = cell(own.kind, own.rate.strip(), BARE_SIGNS.get(own.jurisdiction, ""))
    if read.problem or not (read.value or read.expression):
        raise InvalidInput(f"the rate is not understood: {read.problem or 'none'}", path="$.rate")
    if read.expression and own.kind != "duty":
        raise InvalidInput("only a duty can be more than a percentage", path="$.rate")
    return _store(own, code, read.value, read.expression)


def _store(own: OwnRate, code: str, value: str, expression: str) -> TariffOverride:
    try:
        with transaction.atomic():
            row = TariffOverride.objects.create(
                plugin=PLUGIN,
                key=line_key(own.jurisdiction, code, own.kind),
                jurisdiction=own.jurisdiction,
                code=code,
                kind=own.kind,
                value=value,
                expression=expression,
                valid_from=own.valid_from,
                valid_to=own.valid_to,
                reason=own.reason,
                author=own.author,
            )
            record(own.author, "customs.tariff.override", str(row.pk), key=row.key, rate=own.rate)
            touch()
    except IntegrityError:
        raise InvalidInput(
            "another override of this code covers some of these days; withdraw it first",
            path="$.valid_from",
        ) from None
    return row


def withdraw_rate(row: TariffOverride, *, actor: str) -> bool:
    """End an override from now on; what was computed with it keeps it. Returns False if ended."""
    with transaction.atomic():
        live = TariffOverride.objects.filter(pk=row.pk, superseded_at=None)
        if not live.update(superseded_at=now()):
            return False
        record(actor, "customs.tariff.override.withdraw", str(row.pk), key=row.key)
        touch()
    return True
