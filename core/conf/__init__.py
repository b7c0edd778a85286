"""The composition root: the only place that names every room."""

from core.conf.celery import app as celery_app

__all__ = ["celery_app"]
