"""Makes the environment in which django-oscar is measured: ``python -m`` this module ``[FOLDER]``.

The platform neither needs nor imports django-oscar; it gets an environment of its own, by default
``var/bench-oscar``, or where HAITAO_BENCH_OSCAR says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

PACKAGE = "django-oscar==4.2.1"


def folder() -> Path:
    """Return where the environment is, or would be."""
    var = Path(os.environ.get("HAITAO_VAR", Path(__file__).resolve().parents[3] / "var"))
    return Path(os.environ.get("HAITAO_BENCH_OSCAR", var / "bench-oscar"))


def python() -> Path | None:
    """Return the environment's Python, None where django-oscar is not installed."""
    found = folder()
    installed = list(found.glob("lib/python*/site-packages/oscar/__init__.py"))
    return found / "bin" / "python" if installed else None


def make(place: Path) -> None:
    """Create the environment and install the package by pip. Raises CalledProcessError."""
    venv.create(place, with_pip=True)
    subprocess.run(  # noqa: S603  # our own interpreter, a fixed package
        [place / "bin" / "python", "-m", "pip", "install", "--quiet", PACKAGE], check=True
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else folder())
