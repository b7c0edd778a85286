"""Gates: what keeps the house in order."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "suppliers", "customs", "plugins")
LIMIT = 400


def modules() -> list[Path]:
    found = [
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
    ]
    assert len(found) > 100
    return found


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LIMIT
    }
    assert long == {}


def test_no_module_is_named_after_nothing() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "misc", "managers"}
    assert [path for path in modules() if path.stem in nameless] == []


def test_only_the_kernel_touches_the_plugin_manager_s_hooks() -> None:
    touching = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if re.search(r"\bpm\.hook\b", path.read_text(encoding="utf-8"))
    ]
    assert [name for name in touching if not name.startswith("core/kernel/")] == []


def test_only_the_guard_calls_requests() -> None:
    calling = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if re.search(
            r"\brequests\.(get|post|put|patch|delete|head|request|Session)\(",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert calling == ["core/shared/http.py"]


def test_every_lock_on_rows_is_evaluated() -> None:
    """A bare ``select_for_update()`` statement is a queryset that nobody runs: it locks nothing."""
    bare = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
                continue
            source = ast.unparse(node.value)
            if "select_for_update" in source and not source.startswith(("list(", "tuple(")):
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert bare == []


def test_the_contract_imports_without_django_settings() -> None:
    code = (
        "import core.pluginapi, core.pluginapi.specs, sys; "
        "assert 'django.apps.registry' not in sys.modules or "
        "not sys.modules['django.apps.registry'].apps.ready"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HAITAO_VAR": "/nonexistent/haitao"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_public_name_of_the_contract_has_a_docstring() -> None:
    import core.pluginapi as contract

    bare = [
        name
        for name in contract.__all__
        if isinstance(getattr(contract, name), type) and not getattr(contract, name).__doc__
    ]
    assert bare == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_locks_pin_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9._-]+==", text, re.MULTILINE | re.IGNORECASE)
    assert len(pins) > 40
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_locked_versions_agree_between_the_two_commands() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9._-]+==[^ ;\\]+)", text, re.MULTILINE | re.IGNORECASE))

    assert pins("requirements.lock") <= pins("requirements-test.lock")
