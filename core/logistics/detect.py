"""Which carrier may have issued a number? Ranked candidates, never one answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.kernel import hooks, providers
from core.kernel.models import Channel
from core.logistics.types import Identification
from core.pluginapi import Carrier, CarrierGuess, CarrierHint, ChannelRef, NumberFormat, Text
from core.shared.masking import mask_identity, mask_phone
from core.shared.numbers import MAX_INPUT, fold, personal_kind

MIN_LENGTH, MAX_LENGTH = 5, 50
CHECKED = Decimal("0.90")
SHAPED = Decimal("0.50")
NO_HINT = CarrierHint()

_CHECK_DIGIT = Text("Format and check digit fit", "格式与校验位相符", "格式與檢查碼相符")
_FORMAT = Text("The format fits", "格式相符", "格式相符")


@dataclass(frozen=True, slots=True)
class Detector:
    """What identifies numbers in some channels; make one for many numbers."""

    channels: tuple[ChannelRef, ...]
    carriers: tuple[Carrier, ...]

    def identify(self, number: str, hint: CarrierHint = NO_HINT) -> Identification:
        """Return every carrier that may have issued ``number``, the likeliest first.

        Phone and identity numbers are refused before any plug-in sees them, and come back masked.
        """
        folded = fold(number)
        personal = personal_kind(folded)
        if personal:
            return Identification(_masked(folded, personal), refused=personal)
        shown = number.strip()[:MAX_INPUT]
        if not is_number(number, folded):
            return Identification(shown, refused="not_a_number")
        told = [
            answer.value
            for channel in self.channels
            for answer in hooks.add_carrier_guesses(channel, number=folded, hint=hint)
        ]
        return Identification(shown, ranked([*format_guesses(folded, self.carriers), *told]))


def detector(channel: ChannelRef | None = None) -> Detector:
    """Return what identifies numbers with the carriers of ``channel``, or of every open channel."""
    rows = Channel.objects.filter(is_open=True) if channel is None else ()
    channels = (channel,) if channel else tuple(row.ref for row in rows)
    found = {one.key: one.object for each in channels for one in providers.carriers(each)}
    return Detector(channels, tuple(found.values()))


def identify(
    number: str, hint: CarrierHint = NO_HINT, channel: ChannelRef | None = None
) -> Identification:
    """Identify one number; see :meth:`Detector.identify`."""
    return detector(channel).identify(number, hint)


def is_number(given: str, folded: str) -> bool:
    """Say whether a folded text can be a tracking number: letters and digits, 5 to 50 of them."""
    if len(given) > MAX_INPUT or not MIN_LENGTH <= len(folded) <= MAX_LENGTH:
        return False
    return folded.isascii() and folded.isalnum() and any(c.isdigit() for c in folded)


def format_guesses(folded: str, carriers: Iterable[Carrier]) -> list[CarrierGuess]:
    """Return a guess for each registered format that fits, its check digit included. Pure."""
    found = []
    for carrier in carriers:
        for form in carrier.formats:
            confidence = _fit(form, folded)
            if confidence is not None:
                reason = _CHECK_DIGIT if confidence == CHECKED else _FORMAT
                found.append(CarrierGuess(carrier.key, form.key, confidence, reason))
    return found


def ranked(guesses: Iterable[CarrierGuess]) -> tuple[CarrierGuess, ...]:
    """Keep the surest guess of each (carrier, format) and put the surest first. Pure."""
    best: dict[tuple[str, str], CarrierGuess] = {}
    for guess in guesses:
        known = best.get((guess.carrier, guess.format))
        if 0 < guess.confidence <= 1 and (known is None or guess.confidence >= known.confidence):
            best[guess.carrier, guess.format] = guess
    order = sorted(best.values(), key=lambda one: (-one.confidence, one.carrier, one.format))
    return tuple(order)


def _fit(form: NumberFormat, folded: str) -> Decimal | None:
    if not _compiled(form.pattern).fullmatch(folded):
        return None
    if form.check is None:
        return SHAPED
    return CHECKED if form.check(folded) else None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _masked(folded: str, kind: str) -> str:
    return mask_phone(folded) if kind == "phone" else mask_identity(folded)
