"""Checks a machine before anything is installed. Runs on any Python 3, imports nothing of ours."""

import importlib.util
import os
import sys


def problem() -> str:
    """Return one sentence that says what is missing and how to cure it, or an empty string."""
    if sys.version_info < (3, 11):  # noqa: UP036
        found = ".".join(str(part) for part in sys.version_info[:2])
        return (
            "Haitao needs Python 3.11 or newer and found "
            + found
            + ". Install python3.11, or say 'make run PYTHON=/path/to/python3.11'."
        )
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            return (
                "This Python has no '" + module + "' module. "
                "On Debian or Ubuntu: sudo apt-get install python3-venv."
            )
    if not os.access(".", os.W_OK):
        return "This folder cannot be written to. Clone Haitao into a folder of your own."
    return ""


if __name__ == "__main__":
    sentence = problem()
    if sentence:
        sys.exit(sentence)
