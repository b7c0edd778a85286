"""One process of the quota drill: an account that orders again and again. Run as a script.

``quota_worker.py HOW E-MAIL TIMES AMOUNT GO``: waits for the file GO, then prints how many orders
were accepted. HOW is ``reserve``, or ``read_then_write``, which is what a shop must not do.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from core.buyers.models import Buyer  # noqa: E402
from core.buyers.queries import quota_index  # noqa: E402
from core.pluginapi import QuotaUse, Text  # noqa: E402
from core.shared.ids import new_id  # noqa: E402
from customs.quota.errors import QuotaRefused  # noqa: E402
from customs.quota.services import reserve  # noqa: E402

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
TITLE = Text("Cross-border e-commerce")


def order(person: bytes, amount: Decimal) -> bool:
    """Reserve as a payment does: inside a transaction of its own."""
    use = QuotaUse(
        "annual_used", TITLE, amount, "CNY", "cn.cbec.limit", "annual_per_person_cny", "over"
    )
    try:
        with transaction.atomic():
            return reserve(person, [use], jurisdiction="CN", reference=new_id().hex, at=AT)
    except QuotaRefused:
        return False


def read_then_write(person: bytes, amount: Decimal) -> bool:
    """Look at what is used, then write what was seen to fit."""
    thousandths = int(amount * 1000)
    with connection.cursor() as cursor:
        cursor.execute('SELECT used, "limit" FROM quota_quotabalance WHERE person = %s', [person])
        used, limit = cursor.fetchone()
        if used + thousandths > limit:
            return False
        cursor.execute("SELECT pg_sleep(0.02)")
        cursor.execute(
            "UPDATE quota_quotabalance SET used = used + %s WHERE person = %s",
            [thousandths, person],
        )
    return True


def main(how: str, account: str, times: str, amount: str, go: str) -> None:
    person = quota_index(Buyer.objects.get(user__email=account))
    assert person is not None
    act = order if how == "reserve" else read_then_write
    print("ready", flush=True)
    while not Path(go).exists():
        time.sleep(0.005)
    print(sum(act(person, Decimal(amount)) for _ in range(int(times))))


if __name__ == "__main__":
    main(*sys.argv[1:])
