"""The buyer's door."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from core.web.buyer import account, health, shop

urlpatterns: list[URLPattern | URLResolver] = [
    path("", shop.home, name="home"),
    path("destination/", shop.destination, name="destination"),
    path("healthz", health.healthz, name="healthz"),
    path("link/<str:token>/", account.link, name="sign-in-link"),
    path("account/", account.overview, name="account"),
    path("account/sign-in/", account.sign_in, name="sign-in"),
    path("account/sign-up/", account.sign_up, name="sign-up"),
    path("account/sign-out/", account.sign_out, name="sign-out"),
    path("account/addresses/", account.addresses, name="addresses"),
    path("account/identity/", account.identity, name="identity"),
]
