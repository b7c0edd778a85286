"""One rate for each currency pair of a quote, pinned and named."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cached_property

from core.fx.book import Stamps, stamps
from core.fx.conversion import convert
from core.fx.errors import RateError
from core.fx.types import Conversion, Reference
from core.kernel import providers
from core.orders.errors import Refusal
from core.orders.quoting.types import Situation
from core.pluginapi import ChannelRef, InvalidInput, Money, MoneyError, Purpose, Text
from customs.exchange import reference_of

PRECISE = Context(prec=40)
PLACES = Decimal("1E-12")


class Rates:
    """The conversions of one quote. A pair is looked up once, so every line has the same rate.

    For customs the destination's own rule says which publication counts and of which day; where
    it has none, the customs rate that is valid on the day. The store is asked once whether it has
    anything new; the rates themselves are in memory.
    """

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.at = situation.at
        self.on = situation.on
        self.country = situation.country
        self.channel: ChannelRef = situation.place
        self.used: dict[tuple[str, str, Purpose], Conversion] = {}

    @cached_property
    def reference(self) -> Reference | None:
        """By what customs of the destination converts. Raises Refusal."""
        try:
            return reference_of(
                self.channel, self.country, self.on, known_at=self.situation.known_at
            )
        except InvalidInput as problem:
            raise Refusal("fx_rule", Text(str(problem))) from None

    @cached_property
    def seen(self) -> Stamps:
        """What says which rates are known; read once for all quotes of a comparison."""
        return stamps() if self.situation.stamps is None else self.situation.stamps

    def conversion(self, amount: Money, to: str, *, purpose: Purpose = Purpose.QUOTE) -> Conversion:
        """Return the quote's conversion of ``amount.currency`` into ``to``.

        Raises Refusal (fx_missing, fx_stale, fx_rule, amount_invalid).
        """
        key = (amount.currency, to, purpose)
        if key not in self.used:
            try:
                self.used[key] = self._converted(amount, to, purpose)
            except RateError as problem:
                raise Refusal(problem.code, problem.text) from None
            except MoneyError as problem:
                raise Refusal("amount_invalid", Text(str(problem))) from None
        return self.used[key]

    def _converted(self, amount: Money, to: str, purpose: Purpose) -> Conversion:
        return convert(
            amount,
            to,
            at=self.at,
            purpose=purpose,
            channel=self.channel,
            reference=self.reference_for(amount, to, purpose),
            known_at=self.situation.known_at,
            seen=self.seen,
        )

    def reference_for(self, amount: Money, to: str, purpose: Purpose) -> Reference | None:
        """Return the authority's rule where one binds this conversion. Raises Refusal."""
        apart = amount.currency != to and purpose is Purpose.CUSTOMS
        return self.reference if apart else None

    def exact(self, amount: Money, to: str, *, purpose: Purpose = Purpose.QUOTE) -> Money:
        """Convert without rounding (to twelve decimals). Raises Refusal."""
        if amount.currency == to:
            return amount
        found = self.conversion(amount, to, purpose=purpose)
        margin = PRECISE.add(1, PRECISE.divide(found.margin_percent, Decimal(100)))
        factor = PRECISE.multiply(found.rate.value, margin)
        value = PRECISE.multiply(amount.amount, factor).quantize(PLACES, context=PRECISE)
        try:
            return Money(value, to)
        except MoneyError as problem:
            raise Refusal("amount_invalid", Text(str(problem))) from None

    def rounded(self, amount: Money, to: str, *, purpose: Purpose = Purpose.QUOTE) -> Money:
        """Convert and round half up to the decimals of ``to``. Raises Refusal."""
        return self.exact(amount, to, purpose=purpose).rounded()

    def basis_of(self, currency: str, to: str) -> tuple[Decimal | None, str, str]:
        """Return the rate, rule and source that an amount of ``currency`` was converted by."""
        found = self.used.get((currency, to, Purpose.QUOTE))
        if currency == to or found is None:
            return None, "", ""
        return found.rate.value, "fx.quote", f"{found.rate.source} {found.rate.as_of}"

    def margin_of(self, currency: str, to: str) -> str:
        """Return the margin in percent that amounts of ``currency`` were converted with."""
        found = self.used.get((currency, to, Purpose.QUOTE))
        return plain(found.margin_percent) if found and currency != to else "0"

    def plugins(self) -> set[str]:
        """Return the plug-ins whose sources the rates come from."""
        sources = {rate.source for found in self.used.values() for rate in found.path}
        known = providers.fx_sources(self.channel)
        return {one.plugin for one in known if one.key in sources}

    def pinned(self) -> list[dict[str, object]]:
        """Return every conversion as JSON: rates with their rows, margin and rounding."""
        return [
            {
                "pair": f"{base}/{quote}",
                "purpose": purpose.value,
                "rate": plain(found.rate.value),
                "source": found.rate.source,
                "as_of": found.rate.as_of.isoformat(),
                "age_days": found.age_days,
                **_by_rule(found.reference),
                "rows": [rate.id for rate in found.path],
                "margin_percent": plain(found.margin_percent),
                "margins": [
                    {
                        "percent": plain(margin.percent),
                        "label": margin.label.as_dict(),
                        "source": margin.source,
                    }
                    for margin in found.margins
                ],
                "rounding": found.rounding.name,
            }
            for (base, quote, purpose), found in sorted(
                self.used.items(), key=lambda entry: (*entry[0][:2], entry[0][2].value)
            )
        ]


def _by_rule(reference: Reference | None) -> dict[str, object]:
    if reference is None:
        return {}
    return {
        "reference_date": reference.day.isoformat(),
        "rule_id": reference.rule_id,
        "rule_source": reference.rule_source,
    }


def plain(number: Decimal) -> str:
    """Return a number without exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
