"""Which country a visitor shops for; kept in a cookie, changed by a form."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from core.kernel.models import Channel
from core.web.countries import country_name

COOKIE = "haitao_market"
DEFAULT = "CN"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Market:
    """A destination, its open channels, and the currency that its prices are shown in."""

    country: str
    channels: tuple[Channel, ...]
    others: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The country's name in the reader's language."""
        return country_name(self.country)

    @property
    def currency(self) -> str:
        """The currency of the market's first channel, or CNY where there is none."""
        return self.channels[0].currency if self.channels else "CNY"


def market_of(request: HttpRequest) -> Market:
    """Return the visitor's market: the cookie's where a channel serves it, else the first."""
    channels = list(Channel.objects.filter(is_open=True))
    countries = list(dict.fromkeys(channel.market for channel in channels))
    wanted = request.COOKIES.get(COOKIE, DEFAULT)
    if wanted not in countries:
        wanted = DEFAULT if DEFAULT in countries or not countries else countries[0]
    return Market(
        country=wanted,
        channels=tuple(channel for channel in channels if channel.market == wanted),
        others=tuple((code, country_name(code)) for code in countries),
    )
