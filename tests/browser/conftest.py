"""A whole site in processes of its own, and a real Chromium to look at it with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 240
ROOMS = """
from core.accounts.models import User
from core.accounts.services import issue_link
from suppliers.models import Supplier
from suppliers.services import join

def member():
    user = User.objects.filter(email="clerk@example.com").first()
    user = user or User.objects.create_user("clerk@example.com", name="Clerk")
    join(Supplier.objects.filter(feeds__isnull=False).first(), user)
    return user
"""
LINK = re.compile(r"(http://\S+/link/\S+/)")


def chromium() -> str | None:
    """Where Chromium is, or None; ``HAITAO_CHROMIUM`` names another, or one that is not there."""
    return shutil.which(os.environ.get("HAITAO_CHROMIUM", "chromium"))


def missing() -> str:
    """Why the browser tests cannot run, or an empty string."""
    if chromium() is None:
        return "needs Chromium: install it or set HAITAO_CHROMIUM"
    try:
        import axe_playwright_python.sync_playwright  # noqa: F401
        import playwright.sync_api  # noqa: F401
    except ImportError as error:
        return f"needs playwright and axe: {error}"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip with the reason where there is no browser; CI demands one."""
    reason = missing()
    if reason and os.environ.get("HAITAO_REQUIRE_BROWSER"):
        raise pytest.UsageError(f"no browser test may be skipped: {reason}")
    for item in items:
        if reason and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


@dataclass
class Site:
    """A running site: its address, and a way to a fresh sign-in link of anybody."""

    url: str
    var: Path
    operator_link: str

    def manage(self, *arguments: str) -> str:
        """Run a command of the same site and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            check=False,
            cwd=ROOT,
            env=environment(self.var),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def link_for(self, user: str) -> str:
        """Return a one-time link for a user, given as a Python expression over rooms."""
        code = f"{ROOMS}\nprint('link:' + issue_link({user}))"
        token = self.manage("shell", "-v", "0", "-c", code).rsplit("link:", 1)[1].strip()
        return f"{self.url}/link/{token}/"


def environment(var: Path) -> dict[str, str]:
    """What the site's processes see: nothing of the test run's services."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HAITAO_", "CELERY_"))}
    kept.pop("DATABASE_URL", None)
    kept.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    return kept | {"HAITAO_VAR": str(var), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`manage.py up` with the demonstration, as a fresh machine would run it."""
    given = os.environ.get("HAITAO_BROWSER_VAR")
    var = Path(given) if given else tmp_path_factory.mktemp("site")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=ROOT,
        env=environment(var),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    try:
        yield Site(f"http://127.0.0.1:{port}", var, wait_for_link(process, lines))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for_link(process: subprocess.Popen[str], lines: list[str]) -> str:
    """Read what `up` prints until the operator's link comes; keep on reading afterwards."""
    found: list[str] = []
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if match := LINK.search(line):
                found.append(match.group(1))
                ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    assert ready.wait(START_SECONDS), f"the site did not start: {''.join(lines)}"
    assert found, f"the site ended: {''.join(lines)}"
    return found[0]


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One Chromium for the package; closed with it, so that no event loop stays behind."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A browser window, and everything that went wrong in it."""

    page: Any
    base: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        """Go to a path (or whole address) and expect it to answer well."""
        url = path if path.startswith("http") else self.base + path
        answer = self.page.goto(url, wait_until="load")
        assert answer is not None
        assert answer.status < 400, f"{url}: {answer.status}"
        return answer

    def watch(self) -> None:
        """Note requests to other hosts, console errors and failed requests."""

        def on_request(request: Any) -> None:
            if not request.url.startswith((self.base, "data:", "blob:")):
                self.foreign.append(request.url)

        def on_console(message: Any) -> None:
            if message.type == "error":
                self.errors.append(f"{self.page.url}: {message.text}")

        self.page.on("request", on_request)
        self.page.on("console", on_console)
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))


@pytest.fixture(scope="package")
def sessions(browser: Any, site: Site) -> dict[str, Any]:
    """Signed-in cookies by persona; each persona signs in once, by a one-time link."""
    links = {
        "operator": site.operator_link,
        "buyer": site.link_for(
            "User.objects.filter(buyer__orders__state='shipped', is_staff=False).first()"
        ),
        "supplier": site.link_for("member()"),
    }
    states: dict[str, Any] = {"anonymous": None}
    for persona, link in links.items():
        context = browser.new_context()
        page = context.new_page()
        page.goto(link)
        page.click("main form button")
        page.wait_for_url(lambda url: "/link/" not in url)
        states[persona] = context.storage_state()
        context.close()
    return states


@pytest.fixture
def visit(browser: Any, site: Site, sessions: dict[str, Any]) -> Iterator[Any]:
    """Open a window as a persona: ``visit("buyer", width=375, dark=True)``."""
    contexts = []

    def open_window(persona: str, *, width: int = 1280, dark: bool = False, **more: Any) -> Visit:
        context = browser.new_context(
            storage_state=sessions[persona],
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            locale=more.pop("locale", "en"),
            **more,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        visit = Visit(context.new_page(), site.url)
        visit.watch()
        return visit

    yield open_window
    for context in contexts:
        context.close()
