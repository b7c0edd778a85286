"""One person buys from two accounts and eight processes at once: the year is never exceeded.

PostgreSQL alone shows the race. The same harness without the conditional UPDATE must oversell,
else the drill proves nothing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from jobs_site import FULL, ROOT, Site, new_database, promise

pytestmark = [pytest.mark.drill, pytest.mark.postgres, pytest.mark.timeout(900)]

LIMIT = Decimal(26000)
PROCESSES = 8
ATTEMPTS = 10_000 if FULL else 1_600
ACCOUNTS = {
    "one@example.org": "11010519491231002x",
    "two@example.org": "１１０１０５１９４９１２３１００２Ｘ",
}

SETUP = f"""
from datetime import date
from core.accounts.models import User
from core.buyers.services import add_identity, ensure_buyer
from customs.loading import touch
from customs.models import RuleRow
RuleRow.objects.create(
    plugin="duty_cn", key="cn.cbec.limit", rule_id="R-CN-CBEC-LIMIT", jurisdiction="CN",
    title={{"en": "limits"}}, values={{"annual_per_person_cny": "{LIMIT}"}}, source="a source",
    valid_from=date(2019, 1, 1), confidence="high",
)
touch()
for mail, number in {ACCOUNTS!r}.items():
    buyer = ensure_buyer(User.objects.create_user(mail, None))
    add_identity(buyer, name="张三", number=number)
"""
UNGUARDED = """
from django.db import connection
from core.buyers.models import Identity
from customs.quota.models import QuotaBalance
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE quota_quotabalance DROP CONSTRAINT quota_used_within_limit")
QuotaBalance.objects.create(
    person=bytes(Identity.objects.first().number_index), jurisdiction="CN", year=2026,
    subject="annual_used", unit="CNY", limit=26_000_000,
)
"""
CHECK = "from django.core.management import call_command\ncall_command('customs', 'quota', 'check')"


@contextmanager
def market(folder: Path) -> Iterator[Site]:
    """Open a site with two accounts of one person."""
    with new_database() as address:
        opened = Site(folder, database=address)
        opened.environment["DJANGO_SETTINGS_MODULE"] = "core.conf.settings"
        try:
            opened.migrate()
            opened.python(SETUP)
            yield opened
        finally:
            opened.close()


def at_once(opened: Site, how: str, attempts: int, amount: str) -> int:
    """Let eight processes order from two accounts together; return how many were accepted."""
    go = opened.folder / "go"
    command = [sys.executable, str(Path(__file__).with_name("quota_worker.py")), how]
    started = [
        subprocess.Popen(
            [*command, list(ACCOUNTS)[number % 2], str(attempts // PROCESSES), amount, str(go)],
            cwd=ROOT, env=opened.environment, stdout=subprocess.PIPE, stderr=opened.log, text=True,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", (
                opened.folder / "workers.log"
            ).read_text()
        go.touch()
        return sum(int(process.communicate(timeout=600)[0]) for process in started)
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.parametrize("amount", ["137.50", "259.99"])
def test_one_person_never_exceeds_the_year(tmp_path: Path, amount: str) -> None:
    since = time.monotonic()
    expected = int(LIMIT // Decimal(amount))
    with market(tmp_path) as opened:
        accepted = at_once(opened, "reserve", ATTEMPTS, amount)
        used = opened.ask("SELECT used FROM quota_quotabalance")
        people = opened.ask("SELECT count(*) FROM quota_quotabalance")
        sound = opened.python(CHECK)
    promise(f"quota of a person, {amount}", n=ATTEMPTS, bad=accepted - expected, since=since)
    assert (accepted, used, people) == (expected, expected * Decimal(amount) * 1000, 1)
    assert "0 differ" in sound


def test_control_reading_before_writing_exceeds_the_year(tmp_path: Path) -> None:
    since = time.monotonic()
    with market(tmp_path) as opened:
        opened.python(UNGUARDED)
        accepted = at_once(opened, "read_then_write", 1_600, "137.50")
    promise("quota control", n=1_600, bad=accepted - 189, since=since)
    assert accepted > 189
