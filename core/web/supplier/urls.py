"""The supplier's door."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from core.web.supplier import account, feeds, keys

app_name = "supplier"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", feeds.home, name="home"),
    path("open/", account.open_account, name="open"),
    path("choose/", account.choose, name="choose"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<uuid:key>/revoke/", keys.revoke, name="revoke"),
    path("feeds/<str:feed_id>/", feeds.show, name="feed"),
    path("feeds/<str:feed_id>/part/", feeds.part, name="feed-part"),
    path("feeds/<str:feed_id>/issues.csv", feeds.issues_download, name="issues"),
    path("feeds/<str:feed_id>/rejected", feeds.rejected_download, name="rejected"),
    path("feeds/<str:feed_id>/<str:step>/", feeds.step, name="step"),
]
