"""How the site is served: granian, WSGI, limits against slow and oversized requests."""

from __future__ import annotations

import sys


def web_command(*, host: str, port: int, workers: int = 2) -> list[str]:
    """Return the command that serves the site; ``manage.py up`` and the tests run the same."""
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        "4",
        "--backpressure",
        "1024",
        "--http1-header-read-timeout",
        "10000",
        "--log-level",
        "warning",
        "--no-ws",
        "core.conf.wsgi:application",
    ]


def worker_command() -> list[str]:
    """Return the command of the worker with the embedded schedule; run exactly one with ``-B``."""
    return [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "core.conf",
        "--quiet",
        "worker",
        "--beat",
        "--pool",
        "threads",
        "--concurrency",
        "4",
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
    ]
