"""The file broker: what is torn, empty or gone costs a wake and never the worker."""

from __future__ import annotations

from queue import Empty

import pytest
from kombu import Connection

from core.jobs import file_broker


@pytest.fixture
def channel(tmp_path):
    folders = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://", transport_options=folders) as connection:
        yield connection.default_channel


def test_messages_come_in_order_and_once(channel):
    assert isinstance(channel, file_broker.Channel)
    for number in range(5):
        channel._put("celery", {"n": number})
    assert channel._size("celery") == 5
    assert [channel._get("celery")["n"] for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(Empty):
        channel._get("celery")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_a_torn_message_is_passed_over(channel, tmp_path, content):
    (tmp_path / "queue").mkdir(exist_ok=True)
    (tmp_path / "queue" / "0.celery.msg").write_bytes(content)
    channel._put("celery", {"n": 1})
    assert channel._get("celery") == {"n": 1}
    assert channel._size("celery") == 0


@pytest.mark.parametrize("content", [b"", b"[", b"7"])
def test_a_torn_exchange_is_bound_anew(channel, tmp_path, content):
    (tmp_path / "control").mkdir(exist_ok=True)
    (tmp_path / "control" / "celery.exchange").write_bytes(content)
    assert channel.get_table("celery") == []
    channel._queue_bind("celery", "celery", "", "celery")
    channel._queue_bind("celery", "celery", "", "celery")
    channel._queue_bind("celery", "other", "", "other")
    assert [bound.queue for bound in channel.get_table("celery")] == ["other", "celery"]
    channel._delete("other", "celery", "other", "")
    assert [bound.queue for bound in channel.get_table("celery")] == ["celery"]


def test_removed_folders_are_made_again(channel, tmp_path):
    with pytest.raises(Empty):
        channel._get("celery")
    channel._put("celery", {"n": 1})
    assert channel._get("celery") == {"n": 1}
