"""Who may open the console, and what its requests carry."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.accounts.models import actor_of

View = Callable[..., HttpResponse]


def operator_page(*methods: str) -> Callable[[View], View]:
    """Let operators in with the given methods, by default GET.

    Who is not signed in is sent to the sign-in page; for everybody else the page does not exist.
    """

    def wrap(view: View) -> View:
        allowed = require_http_methods(list(methods) or ["GET", "HEAD"])(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (request.user.is_active and request.user.is_staff):
                raise Http404
            return allowed(request, *args, **kwargs)

        return never_cache(guarded)

    return wrap


def actor(request: HttpRequest) -> str:
    """Return how the audit log names who asks."""
    return actor_of(request.user)
