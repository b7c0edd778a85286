from importlib import import_module

from django.apps import AppConfig


class DrillConfig(AppConfig):
    name = "drillapp"
    label = "drillapp"

    def ready(self) -> None:
        import_module("drillapp.work")
