"""What the environment decides, read once, with defaults that need no service."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parents[2]

env = environ.Env()


def var_dir() -> Path:
    """Return the folder for everything that this installation writes; ``HAITAO_VAR`` moves it.

    Ends the process with one sentence when it cannot be made or written to: nothing runs without.
    """
    path = Path(os.environ.get("HAITAO_VAR", ROOT / "var"))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(unwritable(path, error.strerror or str(error)))
    if not os.access(path, os.W_OK | os.X_OK):
        sys.exit(unwritable(path, "permission denied"))
    return path


def unwritable(path: Path, reason: str) -> str:
    """Return the sentence for a folder that cannot be used, with the cure."""
    return (
        f"{path} cannot be written to ({reason}). Make it yours with 'chown -R $USER {path}', "
        "or point HAITAO_VAR at another folder."
    )


def stored_secret(name: str, size: int = 48) -> str:
    """Return a secret from the environment, or one that is generated once and kept in ``var/``.

    The file is created with mode 0600 before anything is written to it.
    """
    given = os.environ.get(f"HAITAO_{name.upper()}")
    if given:
        return given
    path = var_dir() / name
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(size))
    return path.read_text(encoding="ascii").strip()


def database() -> dict[str, object]:
    """Return the database of ``DATABASE_URL``, by default SQLite in WAL mode under ``var/``.

    IMMEDIATE transactions take the write lock at their beginning, so that two writers wait for
    each other instead of failing half way.
    """
    url = os.environ.get("DATABASE_URL", f"sqlite:///{var_dir() / 'haitao.sqlite3'}")
    config: dict[str, object] = env.db_url_config(url)
    if str(config["ENGINE"]).endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        config["TEST"] = {"NAME": os.environ.get("HAITAO_TEST_SQLITE") or None}
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


def broker() -> tuple[str, dict[str, object]]:
    """Return Celery's broker URL and transport options; by default files under ``var/broker``."""
    url = os.environ.get("CELERY_BROKER_URL")
    if url:
        return url, {}
    folder = var_dir() / "broker"
    for name in ("queue", "control", "processed"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return "filesystem://", {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
        "polling_interval": 0.01,
    }
