"""Preflight: one sentence with the cure, never a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from core.conf.management.commands.up import check_port, check_writable
from core.conf.server import web_command, worker_command

ROOT = Path(__file__).resolve().parents[2]


def test_a_taken_port_gets_one_sentence_with_another_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError) as raised:
            check_port("127.0.0.1", port)
    assert str(port) in str(raised.value)
    assert "make run PORT=" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_an_impossible_port_gets_the_same_sentence(port: int) -> None:
    with pytest.raises(CommandError, match="cannot be used"):
        check_port("127.0.0.1", port)


def test_a_free_port_passes() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    check_port("127.0.0.1", port)


def test_an_unwritable_folder_gets_one_sentence_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="HAITAO_VAR") as raised:
        check_writable(tmp_path / "gone")
    assert "\n" not in str(raised.value)


def test_a_writable_folder_is_left_as_it_was(tmp_path: Path) -> None:
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_var_stops_the_command_without_a_traceback(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={**os.environ, "HAITAO_VAR": str(blocked / "var")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "HAITAO_VAR" in done.stderr


def test_preflight_names_a_missing_venv_module(tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("")
    code = (
        "import importlib.util, runpy, sys\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda n, *a: None if n == 'ensurepip' else find(n, *a)\n"
        f"runpy.run_path({str(ROOT / 'core' / 'conf' / 'preflight.py')!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "python3-venv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_commands_name_the_interpreter_that_runs_them() -> None:
    web = web_command(host="127.0.0.1", port=8123)
    assert web[0] == worker_command()[0] == sys.executable
    assert "8123" in web
    assert "--beat" in worker_command()


def test_an_argument_that_is_not_utf_8_gets_one_sentence() -> None:
    command = [os.fsencode(sys.executable), b"manage.py", b"plugins", b"show", b"\xff"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode().strip()) == (1, "An argument is not UTF-8.")
