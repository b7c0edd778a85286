"""A count of attempts in the cache, so that passwords cannot be tried out."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

WINDOW_SECONDS = 15 * 60
PER_SUBJECT = 5
PER_ADDRESS = 40
QUOTES_A_MINUTE = 60  # each is stored for good


def _keys(request: HttpRequest, subject: str) -> dict[str, int]:
    address = request.META.get("REMOTE_ADDR", "")
    digest = hashlib.sha256(f"{address}\n{subject.strip().lower()}".encode()).hexdigest()
    origin = hashlib.sha256(address.encode()).hexdigest()
    return {f"attempts:{digest}": PER_SUBJECT, f"attempts:{origin}": PER_ADDRESS}


def too_many(request: HttpRequest, subject: str) -> bool:
    """Say whether ``subject`` was tried too often from this address, or this address too often."""
    return any(int(cache.get(key, 0)) >= limit for key, limit in _keys(request, subject).items())


def count_failure(request: HttpRequest, subject: str) -> None:
    """Count one failed attempt; counts end with the window."""
    for key in _keys(request, subject):
        if not cache.add(key, 1, WINDOW_SECONDS):
            try:
                cache.incr(key)
            except ValueError:
                cache.set(key, 1, WINDOW_SECONDS)


def forget(request: HttpRequest, subject: str) -> None:
    """Forget the failures of ``subject`` after it succeeded."""
    for key, limit in _keys(request, subject).items():
        if limit == PER_SUBJECT:
            cache.delete(key)


def spend(request: HttpRequest, name: str, *, limit: int, seconds: int) -> bool:
    """Count one use of ``name`` by the caller's address; False when the limit is used up."""
    origin = hashlib.sha256(request.META.get("REMOTE_ADDR", "").encode()).hexdigest()
    key = f"spend:{name}:{origin}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return int(cache.incr(key)) <= limit
    except ValueError:
        cache.set(key, 1, seconds)
        return True
