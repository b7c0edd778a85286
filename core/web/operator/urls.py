"""The console's addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from core.web.operator import audit, feeds, jobs, rates

app_name = "operator"

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job>/", jobs.job_page, name="job"),
    path("jobs/<uuid:job>/retry/", jobs.retry_job, name="retry-job"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("rates/", rates.rates, name="rates"),
    path("rates/<uuid:rate>/release/", rates.release_rate, name="release-rate"),
    path("audit/", audit.audit_log, name="audit"),
]
