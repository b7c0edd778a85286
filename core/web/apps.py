from django.apps import AppConfig


class WebConfig(AppConfig):
    """The four doors: buyer, operator, supplier, API."""

    name = "core.web"
    label = "web"
