"""The two APIs: the shop's and the suppliers', each with OpenAPI and documentation offline."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from ninja import NinjaAPI, Swagger

from core.web.api import catalogue, customs, orders, plugins
from core.web.api.problem import StrictParser, install

ERRORS = (
    "Every error is `application/problem+json` (RFC 9457) with a stable `code` and the "
    "`request_id` of our logs. Amounts are decimal strings beside an ISO 4217 currency."
)


def _api(title: str, namespace: str, description: str) -> NinjaAPI:
    made = NinjaAPI(
        title=title,
        version="1.0.0",
        description=f"{description}\n\n{ERRORS}",
        urls_namespace=namespace,
        docs=Swagger(),
        docs_url="/docs",
        parser=StrictParser(),
    )
    install(made)
    return made


api = _api("Haitao", "api-v1", "Products, quotes, orders and parcels.")
api.add_router("", catalogue.router)
api.add_router("", orders.router)
api.add_router("", customs.router)
api.add_router("", plugins.router)

suppliers_api = _api("Haitao for suppliers", "api-suppliers", "Feeds and their reports.")
if find_spec("core.web.api.suppliers") is not None:
    suppliers_api.add_router("", import_module("core.web.api.suppliers").router)
