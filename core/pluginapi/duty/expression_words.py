"""What tariffs call currencies, units and substances: signs, codes of TARIC, words. Data only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

SYMBOLS: Mapping[str, str] = MappingProxyType(
    {
        "US$": "USD", "A$": "AUD", "C$": "CAD", "NZ$": "NZD", "HK$": "HKD", "NT$": "TWD",
        "S$": "SGD", "R$": "BRL", "£": "GBP", "€": "EUR", "円": "JPY", "yen": "JPY", "元": "CNY",
        "$": "", "¢": "", "¥": "",
    }
)  # fmt: skip
"""What stands for a currency; where a sign is used by several, the caller says which is meant."""


def word(pattern: str) -> re.Pattern[str]:
    """Match ``pattern`` where no further letter follows, in any case."""
    return re.compile(rf"(?:{pattern})(?![A-Za-z])", re.IGNORECASE)


LITRE = r"l(?:it(?:re|er)s?)?"
HECTOLITRE = r"h(?:l|ectolit(?:re|er)s?)"
VOLUME = r"(?:1\s*)?%\s*(?:vol(?:ume)?\.?|ABV|ASV)"
MEASURES: tuple[tuple[re.Pattern[str], str, int], ...] = tuple(
    (word(pattern), unit, count)
    for pattern, unit, count in (
        (rf"{VOLUME}\s*(?:/|per\b)?\s*{HECTOLITRE}", "% vol/hl", 1),
        (
            rf"{HECTOLITRE}\s*(?:/|per\b)\s*{VOLUME}(?!\s*/\s*{HECTOLITRE})|ASVX",
            "% vol/hl",
            1,
        ),
        (rf"{LITRE}\.?\s*(?:of\s+)?(?:pure\s*(?:\(100\s*%\)\s*)?alcohol|alc(?:ohol)?\.?\s*100\s*%"
         r"|alcohol)|LPA|l\.?p\.?a\.?", "l alc. 100%", 1),
        (rf"(?:pf|proof)\.?\s*{LITRE}(?:\s+on\s+ethyl\s+alcohol\s+content)?", "pf.litre", 1),
        (r"(?:1\s*)?%\s*(?:by\s+weight\s+)?(?:of\s+)?(?:sacchar(?:ose)?\b\.?|sucrose)(?:\s+content)?|BRX",
         "% sucrose", 1),
        (r"(?:the\s+)?SPR(?:\s+discount)?", "SPR", 1),
        (r"kgs?|kilogram(?:me)?s?|KGM", "kg", 1),
        ("DTN|decitonnes?", "kg", 100),
        ("t|tonnes?|TNE", "kg", 1000),
        ("gross", "gross", 1),
        ("g|gram(?:me)?s?|GRM", "g", 1),
        (f"{HECTOLITRE}|HLT", "hl", 1),
        (f"{LITRE}|LTR", "l", 1),
        ("kl|KLT", "l", 1000),
        ("m3|MTQ", "m3", 1),
        ("m2|MTK", "m2", 1),
        ("m|MTR", "m", 1),
        (r"items?|p/st|pieces?|pcs?\.?|NAR|units?|articles?|個|本|枚|台", "item", 1),
        ("CEN", "item", 100),
        ("MIL", "item", 1000),
        (r"pairs?|pr\.?|pa|NPR|足", "pair", 1),
        (r"doz(?:en|\.)?", "dozen", 1),
        ("sticks?", "stick", 1),
        ("jewels?", "jewel", 1),
        ("head", "head", 1),
        ("carats?|c/k|CTM", "carat", 1),
        ("kWh", "kWh", 1),
        ("MWh", "kWh", 1000),
        ("TJ|TJO", "TJ", 1),
    )
)  # fmt: skip
"""What a tariff calls a unit (its words, TARIC codes and signs), the unit, and how many of it."""

SUBSTANCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?:[/,]\s*)?(?:(?:of|on)\s+)?(?:{pattern})(?![A-Za-z])", re.IGNORECASE), name)
    for pattern, name in (
        ("net\\s*eda|eda|net\\s+drained(?:\\s+w(?:eigh)?t\\.?)?", "net drained weight"),
        ("net\\s*dry|net\\s*mas|mas|dry\\s+matter", "dry matter"),
        ("lactic\\s+matter", "lactic matter"),
        ("br|gross(?:\\s+weight)?", "gross weight"),
        ("std\\.?\\s*qual\\.?|standard\\s+quality", "standard quality"),
        ("raw\\s+sugar", "raw sugar"),
        ("biodiesel", "biodiesel"),
        ("bioethanol", "bioethanol"),
        ("tot\\.?\\s*alc\\.?|total\\s+alcohol", "total alcohol"),
    )
)
SUBSTANCE = re.compile(r"(?:of\s+)?(over \d+)|(?:of|on)\s+(?:the\s+)?([a-z][a-z ]*[a-z])")
