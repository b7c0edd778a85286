"""django-oscar's side of the bench; run by the Python of oscar's own environment.

Reads ``NAME COUNT`` from standard input and answers with seconds of CPU as JSON. Nothing of this
project is imported here. ``oscar`` puts three products into a new basket, by UPC, and prices it:
strategy, offers, shipping, total. ``oscar-stored`` prices a basket that is stored already.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

PRICES = ("96.20", "241.33", "58.10")
QUANTITIES = (2, 1, 3)


def configure(database: str) -> None:
    """Set up Django with oscar's stock settings on SQLite, in write-ahead mode."""
    import django
    from django.conf import settings

    defaults = vars(import_module("oscar.defaults"))
    known = {name: value for name, value in defaults.items() if name.isupper()}
    options = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}
    settings.configure(
        **known,
        INSTALLED_APPS=APPS,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": database,
                "OPTIONS": options,
            }
        },
        HAYSTACK_CONNECTIONS={
            "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SITE_ID=1,
        SECRET_KEY="bench",  # noqa: S106  # a throw-away database
        USE_TZ=True,
        TEMPLATES=[],
        MIDDLEWARE=[],
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


SEARCH = "haystack.backends.simple_backend.SimpleEngine"
APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "oscar.apps.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "oscar.apps.catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "oscar.apps.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
]


def stock() -> list[str]:
    """Create three products with a partner's stock; return their UPCs."""
    from decimal import Decimal

    get_model = import_module("oscar.core.loading").get_model
    partner = get_model("partner", "Partner").objects.create(name="Acme")
    kind = get_model("catalogue", "ProductClass").objects.create(name="Goods")
    upcs = []
    for number, price in enumerate(PRICES):
        upc = f"BENCH{number}"
        product = get_model("catalogue", "Product").objects.create(
            title=f"Thing {number}", upc=upc, product_class=kind
        )
        get_model("partner", "StockRecord").objects.create(
            product=product,
            partner=partner,
            partner_sku=upc,
            price_currency="CNY",
            price=Decimal(price),
            num_in_stock=10**6,
        )
        upcs.append(upc)
    return upcs


def contenders(upcs: list[str]) -> dict[str, Callable[[], Any]]:
    """Return what can be measured, by name."""
    loading = import_module("oscar.core.loading")
    get_class, get_model = loading.get_class, loading.get_model
    Basket, Product = get_model("basket", "Basket"), get_model("catalogue", "Product")
    strategies = get_class("partner.strategy", "Selector")()
    applicator = get_class("offer.applicator", "Applicator")()
    repository = get_class("shipping.repository", "Repository")()
    calculator = get_class("checkout.calculators", "OrderTotalCalculator")()

    def priced(basket: Any) -> Any:
        applicator.apply(basket)
        method = repository.get_default_shipping_method(basket)
        return calculator.calculate(basket, method.calculate(basket)).incl_tax

    def fresh() -> Any:
        basket = Basket.objects.create()
        basket.strategy = strategies.strategy()
        for upc, quantity in zip(upcs, QUANTITIES, strict=True):
            basket.add_product(Product.objects.get(upc=upc), quantity)
        return priced(basket)

    kept = Basket.objects.create()
    kept.strategy = strategies.strategy()
    for upc, quantity in zip(upcs, QUANTITIES, strict=True):
        kept.add_product(Product.objects.get(upc=upc), quantity)

    def stored() -> Any:
        basket = Basket.objects.get(pk=kept.pk)
        basket.strategy = strategies.strategy()
        return priced(basket)

    return {"oscar": fresh, "oscar-stored": stored}


def serve(known: dict[str, Callable[[], Any]]) -> None:
    """Answer until standard input ends."""
    print(json.dumps({"ready": sorted(known)}), flush=True)  # noqa: T201
    for line in sys.stdin:
        name, count = line.split()
        work = known[name]
        began = time.process_time()
        for _ in range(int(count)):
            work()
        spent = time.process_time() - began
        print(json.dumps({"cpu": spent}), flush=True)  # noqa: T201


if __name__ == "__main__":
    configure(sys.argv[1])
    serve(contenders(stock()))
