"""Documents of sources, written from the described formats."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta


def hmrc_xml(start: str, end: str, *rates: tuple[str, str]) -> bytes:
    """``hmrc_xml("01/Nov/2026", "30/Nov/2026", ("USD", "1.31"))``."""
    entries = "".join(
        f"<exchangeRate><countryName>Some</countryName><countryCode>XX</countryCode>"
        f"<currencyName>Unit </currencyName><currencyCode>{code}</currencyCode>"
        f"<rateNew>{rate}</rateNew></exchangeRate>"
        for code, rate in rates
    )
    head = f"<?xml version='1.0'?><exchangeRateMonthList Period='{start} to {end}'>"
    return f"{head}{entries}</exchangeRateMonthList>".encode()


def hmrc_csv(start: str, end: str, *rates: tuple[str, str]) -> bytes:
    head = "Country/Territories,Currency,Currency Code,Currency Units per £1,Start date,End date\n"
    rows = (f"Some ,Unit ,{code},{rate},{start},{end}\n" for code, rate in rates)
    return (head + "".join(rows)).encode()


def parity_day(stamp: str, *rates: tuple[str, str]) -> bytes:
    """``parity_day("2026-11-20 9:15", ("100JPY/CNY", "4.5012"))``."""
    records = [{"vrtEName": name, "price": price} for name, price in rates]
    return json.dumps({"data": {"lastDate": stamp}, "records": records}).encode()


def parity_days(head: list[str], **days: list[str]) -> bytes:
    """``parity_days(["USD/CNY"], d2026_11_20=["7.0876"])``."""
    records = [
        {"date": name[1:].replace("_", "-"), "values": values} for name, values in days.items()
    ]
    return json.dumps({"data": {"head": head}, "records": records}).encode()


def valet(**days: dict[str, str]) -> bytes:
    """``valet(d2026_11_20={"FXUSDCAD": "1.3824"})``."""
    rows = [
        {"d": name[1:].replace("_", "-"), **{key: {"v": value} for key, value in series.items()}}
        for name, series in days.items()
    ]
    return json.dumps({"terms": {}, "seriesDetail": {}, "observations": rows}).encode()


def bazg(traded: str, valid: Iterable[str], *rates: tuple[str, str, str]) -> bytes:
    """``bazg("20.11.2026", ["21.11.2026"], ("jpy", "100 JPY", "0.5214"))``."""
    entries = "".join(
        f'<devise code="{code}"><land_de>x</land_de><waehrung>{unit}</waehrung>'
        f"<kurs>{rate}</kurs></devise>"
        for code, unit, rate in rates
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<wechselkurse xmlns="https://www.backend-rates.ezv.admin.ch/xmldaily">'
        f"<datum>{traded}</datum><zeit>02:00:01</zeit>"
        f"<gueltigkeit>{', '.join(valid)}</gueltigkeit>{entries}</wechselkurse>"
    ).encode()


def treasury(*rows: tuple[str, str, str]) -> bytes:
    """``treasury(("2026-09-30", "Canada-Dollar", "1.379"))``."""
    data = [
        {
            "record_date": day,
            "country_currency_desc": name,
            "exchange_rate": rate,
            "effective_date": day,
        }
        for day, name, rate in rows
    ]
    return json.dumps({"data": data, "meta": {}, "links": {}}).encode()


def weekdays(start: date, end: date) -> list[date]:
    days = (end - start).days + 1
    found = (start + timedelta(days=number) for number in range(days))
    return [day for day in found if day.weekday() < 5]
