"""The Treasury's names of currencies by ISO 4217 code, from memory; other names are left out."""

from __future__ import annotations

_NAMES = {
    "AED": "United Arab Emirates-Dirham", "AUD": "Australia-Dollar", "BRL": "Brazil-Real",
    "CAD": "Canada-Dollar", "CHF": "Switzerland-Franc", "CLP": "Chile-Peso",
    "CNY": "China-Renminbi", "COP": "Colombia-Peso", "DKK": "Denmark-Krone",
    "EGP": "Egypt-Pound", "EUR": "Euro Zone-Euro", "GBP": "United Kingdom-Pound",
    "HKD": "Hong Kong-Dollar", "HUF": "Hungary-Forint", "IDR": "Indonesia-Rupiah",
    "ILS": "Israel-Shekel", "INR": "India-Rupee", "ISK": "Iceland-Krona", "JPY": "Japan-Yen",
    "KRW": "Korea-Won", "KWD": "Kuwait-Dinar", "MXN": "Mexico-Peso", "MYR": "Malaysia-Ringgit",
    "NOK": "Norway-Krone", "NZD": "New Zealand-Dollar", "PHP": "Philippines-Peso",
    "PKR": "Pakistan-Rupee", "PLN": "Poland-Zloty", "RON": "Romania-New Leu",
    "SAR": "Saudi Arabia-Riyal", "SEK": "Sweden-Krona", "SGD": "Singapore-Dollar",
    "THB": "Thailand-Baht", "TWD": "Taiwan-Dollar", "VND": "Vietnam-Dong",
    "ZAR": "South Africa-Rand",
}  # fmt: skip
CODES = {name.casefold(): code for code, name in _NAMES.items()}
