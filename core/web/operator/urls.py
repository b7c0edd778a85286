"""The console's addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from core.web.operator import (
    audit,
    calculator,
    channels,
    classification,
    dashboard,
    feed_page,
    feeds,
    incidents,
    jobs,
    order_page,
    orders,
    overrides,
    parcels,
    plugin_changes,
    plugins,
    rate_history,
    rates,
    rules,
)

app_name = "operator"

PLUGIN = "plugins/<str:key>/"
PLACE = PLUGIN + "at/<slug:place>/"
ORDER = "orders/<slug:number>/"
PARCEL = "parcels/<uuid:parcel>/"
CLASSIFICATION = "classification/<uuid:row>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("plugins/", plugins.plugins, name="plugins"),
    path(PLUGIN, plugins.plugin_page, name="plugin"),
    path(PLUGIN + "off/", plugin_changes.switch_off_everywhere, name="plugin-off"),
    path(PLUGIN + "resume/", plugin_changes.resume, name="plugin-resume"),
    path(PLACE, plugin_changes.plugin_place, name="plugin-place"),
    path(PLACE + "switch/", plugin_changes.switch, name="plugin-switch"),
    path(PLACE + "priority/", plugin_changes.set_priority, name="plugin-priority"),
    path(PLACE + "test/", plugin_changes.test_connection, name="plugin-test"),
    path("channels/", channels.channels, name="channels"),
    path("channels/new/", channels.new_channel, name="channel-new"),
    path("channels/<slug:key>/", channels.channel_page, name="channel"),
    path("channels/<slug:key>/supplies/new/", channels.new_supply, name="supply-new"),
    path("channels/<slug:key>/supplies/<uuid:supply>/", channels.supply_page, name="supply"),
    path("orders/", orders.orders, name="orders"),
    path(ORDER, order_page.order_page, name="order"),
    path(ORDER + "step/", order_page.take_step, name="order-step"),
    path(ORDER + "documents/", order_page.add_document, name="order-document"),
    path(ORDER + "parcels/new/", parcels.new_parcel, name="parcel-new"),
    path(PARCEL, parcels.parcel_page, name="parcel"),
    path(PARCEL + "legs/", parcels.add_leg, name="leg-add"),
    path(PARCEL + "events/", parcels.add_event, name="event-add"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<slug:feed>/", feed_page.feed_page, name="feed"),
    path("feeds/<slug:feed>/confirm/", feed_page.confirm, name="feed-confirm"),
    path("feeds/<slug:feed>/cancel/", feed_page.cancel, name="feed-cancel"),
    path("rates/", rates.rates, name="rates"),
    path("rates/history/", rate_history.rate_history, name="rate-history"),
    path("rates/<uuid:rate>/release/", rates.release_rate, name="release-rate"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<uuid:rule>/override/", overrides.override, name="rule-override"),
    path("rules/overrides/<uuid:override>/end/", overrides.withdraw, name="override-withdraw"),
    path("classification/", classification.classification, name="classification"),
    path("classification/look/", classification.look, name="classification-look"),
    path("classification/alike/", classification.alike, name="classification-alike"),
    path(CLASSIFICATION, classification.classification_page, name="classification-item"),
    path("calculator/", calculator.calculator, name="calculator"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job>/", jobs.job_page, name="job"),
    path("jobs/<uuid:job>/retry/", jobs.retry_job, name="retry-job"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/acknowledge/", incidents.acknowledge_all, name="acknowledge-all"),
    path("incidents/<int:incident>/acknowledge/", incidents.acknowledge, name="acknowledge"),
    path("audit/", audit.audit_log, name="audit"),
]
