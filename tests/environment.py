"""Loaded before Django's settings: gives each test process a folder of its own.

A test run must never meet a running site, nor two processes of one run each other: cache, broker
and files lie under ``HAITAO_VAR``.
"""

from __future__ import annotations

import os
import tempfile

base = os.environ.setdefault("HAITAO_VAR", tempfile.mkdtemp(prefix="haitao-tests-"))
worker = os.environ.get("PYTEST_XDIST_WORKER")
if worker and not base.endswith(worker):
    os.environ["HAITAO_VAR"] = os.path.join(base, worker)
