"""The buyer's door."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from core.web.buyer import (
    account,
    basket,
    calculator,
    checkout,
    health,
    orders,
    plugin_pages,
    product,
    quotes,
    shop,
    tracking,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", shop.home, name="home"),
    path("destination/", shop.destination, name="destination"),
    path("products/<uuid:product>/", product.product, name="product"),
    path("basket/", basket.change, name="basket"),
    path("compare/", product.comparison, name="compare"),
    path("calculator/", calculator.calculator, name="calculator"),
    path("quotes/", quotes.create, name="quote-create"),
    path("quotes/<uuid:quote>/", quotes.show, name="quote"),
    path("quotes/<uuid:quote>/again/", quotes.again, name="quote-again"),
    path("checkout/<uuid:quote>/", checkout.checkout, name="checkout"),
    path("orders/", orders.index, name="orders"),
    path("orders/<slug:number>/", orders.show, name="order"),
    path("orders/<slug:number>/pay/", orders.pay, name="order-pay"),
    path("orders/<slug:number>/confirm/", orders.confirm, name="order-confirm"),
    path("orders/<slug:number>/step/", orders.step, name="order-step"),
    path("track/", tracking.look_up, name="track"),
    path("t/<str:token>/", tracking.page, name="tracking"),
    path("t/<str:token>/part/", tracking.part, name="tracking-part"),
    path("link/<str:token>/", account.link, name="sign-in-link"),
    path("account/", account.overview, name="account"),
    path("account/sign-in/", account.sign_in, name="sign-in"),
    path("account/sign-up/", account.sign_up, name="sign-up"),
    path("account/sign-out/", account.sign_out, name="sign-out"),
    path("account/addresses/", account.addresses, name="addresses"),
    path("account/identity/", account.identity, name="identity"),
    path("p/<slug:plugin>/", plugin_pages.page, {"rest": ""}, name="plugin-page-root"),
    path("p/<slug:plugin>/<path:rest>", plugin_pages.page, name="plugin-page"),
    path("healthz", health.healthz, name="healthz"),
]
