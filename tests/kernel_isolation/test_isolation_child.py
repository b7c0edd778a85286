"""The child process: answers come back typed, faults stay inside, nothing is left behind."""

from __future__ import annotations

import decimal
import gzip
import io
import os
import subprocess
import sys
import time
from collections import deque
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.kernel.isolation import IsolationFailed, Limits, run_isolated, stream_isolated
from core.pluginapi import ChannelRef, FeedHead, InvalidInput, NotPermitted, Text, Unavailable

MODULE = "isolated_plugin"
HEAD = FeedHead(b"", "", "a.txt", "text/plain", "utf-8")
CHANNEL = ChannelRef("cn", "b2c_direct", Text("China"), "CN", "CNY")


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def rates(key: str, limits: Limits | None = None, token: str = "t"):
    arguments = {"since": date(2026, 11, 20)}
    return run_isolated(
        MODULE,
        "fx_sources",
        key,
        "fetch_rates",
        arguments,
        settings={"token": token},
        channel=CHANNEL,
        limits=limits,
    )


def rows(stream, limits: Limits | None = None):
    arguments = {"stream": stream, "head": HEAD}
    return stream_isolated(MODULE, "feed_dialects", "lines", "rows", arguments, limits=limits)


def test_an_answer_comes_back_as_the_contracts_type(caplog):
    caplog.set_level("INFO")
    table = rates("good")
    assert table.source == "t@cn"
    assert table.rates[0].value == Decimal("7.9812")
    assert table.rates[0].as_of == date(2026, 11, 20)
    assert "fetched" in caplog.text


def test_a_streaming_answer_can_be_had_whole():
    tracks = run_isolated(MODULE, "carriers", "post", "track", {"numbers": ("A", "B")})
    assert [(track.number, track.events[0].code) for track in tracks] == [("A", "D"), ("B", "D")]


def test_rows_come_from_any_kind_of_stream(tmp_path):
    text = b"one\ntwo\n"
    path = tmp_path / "feed.txt"
    path.write_bytes(b"skipped\n" + text)
    packed = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(text)))
    with path.open("rb") as file:
        file.readline()
        for stream in (io.BytesIO(text), packed, file):
            assert [row.cells["a"] for row in rows(stream)] == ["one", "two"]
        assert file.read() == text


def test_what_was_yielded_before_a_failure_stands_and_the_error_keeps_its_code():
    got = []
    with pytest.raises(InvalidInput) as caught:
        got.extend(row.number for row in rows(io.BytesIO(b"one\ntwo\nbroken\n")))
    assert (caught.value.code, caught.value.path) == ("DATA_TRUNCATED", "$3")
    assert got == [1, 2]


def test_a_big_stream_is_whole_and_in_order():
    count = 50_000
    text = b"".join(b"row %d\n" % n for n in range(1, count + 1))
    numbers = [row.number for row in rows(io.BytesIO(text))]
    assert numbers == list(range(1, count + 1))


def test_a_slow_reader_makes_the_child_wait_and_is_not_a_timeout():
    text = b"".join(b"%s\n" % (b"x" * 400) for _ in range(4_000))
    stream = rows(io.BytesIO(text), Limits(wall_seconds=4))
    assert next(stream).number == 1
    time.sleep(5)
    assert sum(1 for _ in stream) == 3_999


def test_neither_side_keeps_the_whole_stream():
    numbers = stream_isolated(MODULE, "", "", "peak", {})
    *_, last = deque(numbers, maxlen=1)
    assert last < 150 * 1024


@pytest.mark.parametrize(
    ("key", "kind", "limits"),
    [
        ("hang", "timeout", Limits(wall_seconds=2)),
        ("spin", "cpu", Limits(cpu_seconds=2, wall_seconds=60)),
        ("eat", "memory", Limits(memory_bytes=512 << 20, wall_seconds=60)),
        ("leave", "crashed", None),
        ("segfault", "crashed", None),
        ("system_exit", "raised", None),
        ("boom", "raised", None),
        ("wrong", "wrong_type", None),
        ("nothing", "wrong_type", None),
        ("unknown_type", "wrong_type", None),
        ("not_a_number", "wrong_type", None),
        ("database", "raised", None),
        ("missing", "raised", None),
    ],
)
def test_a_fault_costs_the_answer_and_is_named(key, kind, limits):
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(IsolationFailed) as caught:
        rates(key, limits)
    assert caught.value.kind == kind, str(caught.value)
    assert set(os.listdir("/proc/self/fd")) == before
    assert rates("good").rates


def test_last_words_and_tracebacks_are_kept_for_the_operator():
    with pytest.raises(IsolationFailed) as caught:
        rates("leave")
    assert "last words" in caught.value.detail
    with pytest.raises(IsolationFailed, match="RuntimeError: nothing works") as caught:
        rates("boom")
    assert "Traceback" in caught.value.detail


def test_the_contracts_errors_come_back_as_they_were_raised():
    with pytest.raises(Unavailable) as caught:
        rates("busy")
    assert caught.value.retry_after == 12.5
    with pytest.raises(NotPermitted, match="current_buyer"):
        rates("verb")


def test_too_much_output_is_cut_off():
    with pytest.raises(IsolationFailed) as caught:
        for _ in stream_isolated(
            MODULE, "", "", "endless", {}, limits=Limits(max_output_bytes=1_000_000)
        ):
            pass
    assert caught.value.kind == "output"


def test_noise_on_standard_output_is_not_an_answer_and_does_not_block():
    assert rates("shout").rates


def test_the_childs_decimal_context_and_zone_are_its_own():
    zone, precision = time.tzname, decimal.getcontext().prec
    assert rates("world").rates
    assert (time.tzname, decimal.getcontext().prec) == (zone, precision)


def test_processes_that_the_child_started_are_ended_with_it():
    with pytest.raises(Unavailable) as caught:
        rates("children")
    wait_for(lambda: not is_running(int(str(caught.value))))


def test_closing_the_iterator_ends_the_child():
    stream = stream_isolated(MODULE, "", "", "endless", {})
    next(stream)
    before = children()
    stream.close()
    assert len(children()) == len(before) - 1


def test_a_child_does_not_outlive_a_platform_that_is_killed(tmp_path):
    mark = tmp_path / "pid"
    script = (
        "from core.kernel.isolation import run_isolated\n"
        f"run_isolated({MODULE!r}, '', '', 'sleep_long', {{'mark': {str(mark)!r}}})\n"
    )
    path = f"{Path(__file__).parent}{os.pathsep}{Path.cwd()}"
    parent = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": path}
    )
    wait_for(lambda: mark.exists() and mark.read_text())
    parent.kill()
    parent.wait()
    wait_for(lambda: not is_running(int(mark.read_text())))


def test_the_child_does_not_see_the_platforms_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setenv("HAITAO_FIELD_KEY", "secret")
    names = rates("environment").source.split(",")
    assert not {"DATABASE_URL", "HAITAO_FIELD_KEY", "DJANGO_SETTINGS_MODULE"} & set(names)


def is_running(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children() -> list[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []
