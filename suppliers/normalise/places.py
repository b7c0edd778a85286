"""Countries, however they are written."""

from __future__ import annotations

from functools import cache

from babel import Locale

ALPHA3 = dict(
    pair.split(":")
    for pair in """
    ARG:AR AUS:AU AUT:AT BEL:BE BGD:BD BGR:BG BRA:BR CAN:CA CHE:CH CHL:CL CHN:CN COL:CO CRI:CR
    CYP:CY CZE:CZ DEU:DE DNK:DK DOM:DO ECU:EC EGY:EG ESP:ES EST:EE ETH:ET FIN:FI FRA:FR GBR:GB
    GRC:GR GTM:GT HKG:HK HND:HN HRV:HR HUN:HU IDN:ID IND:IN IRL:IE IRN:IR ISL:IS ISR:IL ITA:IT
    JPN:JP KAZ:KZ KEN:KE KHM:KH KOR:KR LAO:LA LKA:LK LTU:LT LUX:LU LVA:LV MAC:MO MAR:MA MDG:MG
    MEX:MX MLT:MT MMR:MM MNG:MN MYS:MY NLD:NL NOR:NO NPL:NP NZL:NZ PAK:PK PAN:PA PER:PE PHL:PH
    POL:PL PRT:PT PRY:PY ROU:RO RUS:RU SAU:SA SGP:SG SRB:RS SVK:SK SVN:SI SWE:SE THA:TH TUN:TN
    TUR:TR TWN:TW UKR:UA URY:UY USA:US VNM:VN ZAF:ZA ARE:AE BLR:BY GEO:GE ARM:AM JOR:JO LBN:LB
    """.split()
)
OTHER = {"uk": "GB", "usa": "US", "england": "GB", "korea": "KR", "mainland china": "CN"}
LANGUAGES = ("en", "zh_Hans", "zh_Hant", "de", "fr", "ja", "ko", "es", "it")


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if (
                len(code) == 2
                and code.isalpha()
                and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB")
            ):
                found.setdefault(str(name).casefold(), code)
                found[code.casefold()] = code
    return found | OTHER


def country_code(raw: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a code or name, or None. 'EU' is no country."""
    text = raw.strip()
    if len(text) == 3 and text.upper() in ALPHA3:
        return ALPHA3[text.upper()]
    return _names().get(text.casefold())
