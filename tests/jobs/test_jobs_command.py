"""``manage.py jobs`` shows why work was given up and gives it another try."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from core.jobs import JobFailed, enqueue, handler, run_due
from core.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed() -> Job:
    def run(job) -> None:
        raise JobFailed("the file is gone")

    handler("t.fails")(run)
    job = enqueue("t.fails", {"n": 1})
    run_due()
    return job


def output(capsys: pytest.CaptureFixture[str], *arguments: str):
    call_command("jobs", *arguments)
    return capsys.readouterr().out


def test_list_and_show_name_the_error(failed, capsys):
    listed = json.loads(output(capsys, "list", "--json"))
    assert [(job["id"], job["state"]) for job in listed] == [(str(failed.pk), "failed")]
    shown = json.loads(output(capsys, "show", str(failed.pk), "--json"))
    assert shown["failures"][0]["error"] == "JobFailed: the file is gone"
    assert "the file is gone" in output(capsys, "list", "--state", "failed")
    assert "Traceback" in output(capsys, "show", str(failed.pk))
    assert output(capsys, "list", "--kind", "other") == ""
    assert str(failed.pk) in output(capsys, "list", "--limit", "9" * 20)


def test_retry_queues_it_again_and_run_runs_it(failed, capsys):
    handler_runs = []
    Job.objects.update(kind="t.fine")
    handler("t.fine")(handler_runs.append)
    assert "1 queued again" in output(capsys, "retry", str(failed.pk))
    assert json.loads(output(capsys, "run", "--json")) == {"run": 1}
    assert len(handler_runs) == 1
    with pytest.raises(CommandError, match="only parked and failed"):
        call_command("jobs", "retry", str(failed.pk))


@pytest.mark.parametrize("given", ["nonsense", "00000000-0000-7000-8000-000000000000"])
def test_an_unknown_id_is_one_sentence(given):
    with pytest.raises(CommandError, match="There is no job"):
        call_command("jobs", "show", given)


def test_retry_without_a_job_says_what_to_do():
    with pytest.raises(CommandError, match="--all"):
        call_command("jobs", "retry")
