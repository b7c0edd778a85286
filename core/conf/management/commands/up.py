"""``manage.py up``: migrate, load the demonstration once, then web, worker and schedule."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.accounts.models import User
from core.accounts.services import issue_link
from core.conf.environment import unwritable
from core.conf.server import web_command, worker_command
from core.kernel.models import Channel

OPERATOR = "operator@haitao.example"
STOP_SECONDS = 10.0


class Command(BaseCommand):
    """Run the whole site on this machine."""

    help = "Migrate, load the demonstration on first start, then serve: web, worker and schedule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the address to serve on."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="start with an empty site")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, serve until a signal comes, stop the children."""
        host, port = options["host"], options["port"]
        check_writable(Path(settings.VAR_DIR))
        check_port(host, port)
        self.stdout.write("Haitao: preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        if not options["no_demo"] and not Channel.objects.exists():
            self.stdout.write("Haitao: loading the demonstration through the real pipelines")
            call_command("demo", "load", stdout=self.stdout)
        children = [start(web_command(host=host, port=port)), start(worker_command())]
        with stopping(children) as stopped:
            wait_until_served(host, port, children)
            self.stdout.write(invitation(host, port))
            self.stdout.flush()
            watch(children, stopped)


def check_writable(folder: Path) -> None:
    """Raise CommandError with the cure when ``folder`` cannot be written to."""
    probe = folder / f".write-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CommandError(unwritable(folder, error.strerror or str(error))) from None


def check_port(host: str, port: int) -> None:
    """Raise CommandError with the cure when the port is taken or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(
            f"Port {port} on {host} cannot be used ({reason}). Stop what uses it, or choose "
            f"another: make run PORT={port + 1 if 0 < port < 65535 else 8001}"
        ) from None


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603


def wait_until_served(
    host: str, port: int, children: list[subprocess.Popen[bytes]], *, seconds: float = 60
) -> None:
    """Return when the port answers. Raises CommandError when a child ends before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            raise CommandError("A process ended while starting; its last words are above.")
        try:
            with socket.create_connection((host, port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise CommandError(f"The site did not answer on port {port} within {seconds:.0f} s.")


def invitation(host: str, port: int) -> str:
    """Return what to open, with a sign-in link for the operator that works once."""
    site = f"http://{host}:{port}"
    operator = User.objects.filter(is_staff=True, is_active=True).order_by("joined_at").first()
    if operator is None:
        operator = User.objects.create_superuser(OPERATOR, name="Operator")
    return "\n".join(
        (
            "",
            f"  Shop        {site}/",
            f"  Console     {site}/link/{issue_link(operator)}/   (signs the operator in, once)",
            f"  Supplier    {site}/supplier/",
            f"  API         {site}/api/v1/docs",
            "",
            "  Ctrl-C stops; everything is kept in var/.",
        )
    )


@contextmanager
def stopping(children: list[subprocess.Popen[bytes]]) -> Iterator[list[int]]:
    """Collect signals into the yielded list; on leaving, stop every child and wait for it."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _frame: received.append(signum))
    try:
        yield received
    finally:
        for child in children:
            signal_group(child, signal.SIGTERM)
        for child in children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
            signal_group(child, signal.SIGKILL)
            child.wait()


def signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a child and all that it started: the schedule outlives a worker that was killed."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def watch(children: list[subprocess.Popen[bytes]], stopped: list[int]) -> None:
    """Return when a signal came. Raises CommandError when a child ended by itself."""
    while not stopped:
        time.sleep(0.2)
        for child in children:
            if child.poll() is not None and not stopped:
                raise CommandError(f"A process ended with status {child.returncode}.")
