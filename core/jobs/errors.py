"""What can go wrong with a job, beside the work itself."""

from __future__ import annotations


class JobFailed(Exception):
    """Raised by a handler: trying again will not help, so the job ends as failed at once."""

    permanent = True


class LeaseLost(Exception):
    """Another worker has taken the job over; whatever this one has not committed is rolled back."""


class WorkerStopping(BaseException):
    """Raised between chunks when the worker was told to stop; the job is handed back.

    Not an ``Exception``, so that a handler which catches those cannot keep the worker alive.
    """


class UnknownKind(LookupError):
    """No handler of this kind is registered; the message names the kind."""


class CannotRetry(Exception):
    """The job is not parked or failed, or another one with its key is already waiting."""
