"""``manage.py bench quote``: what the engine and a comparison of channels cost.

Measured in one alternating run: plain Decimal arithmetic for the same amounts, the engine for one
regime, a stored comparison of three channels on SQLite and on PostgreSQL, and django-oscar's basket
where it is installed.
"""

from __future__ import annotations

from core.kernel.measuring import Report, register_bench


def report(rounds: int) -> Report:
    """Measure; what is not installed or not configured is said and left out."""
    from core.orders.benchmarks.comparing import compare

    return compare(rounds)


def register() -> None:
    """Add the bench. Called once, when the app is ready."""
    register_bench("quote", report)
