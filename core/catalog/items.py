"""Which item an offer is of: suppliers meet by GTIN, else each keeps its own."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from core.catalog.errors import CatalogError
from core.catalog.gtin import gtin14
from core.catalog.models import Item, Product
from core.catalog.types import PublishRequest
from core.catalog.words import searchable, text_of

ITEM_FACTS = frozenset(
    ("abv", "litres", "contains_battery", "contains_liquid", "shelf_life_days", "positive_list")
)
"""Facts that belong to the thing itself, whoever offers it."""


def item_for(request: PublishRequest) -> Item:
    """Return the item of ``request``: the one named, with its GTIN, the supplier's, or a new one.

    Raises CatalogError for an item that does not exist.
    """
    if request.item is not None:
        return _named(request.item)
    gtin = gtin14(request.gtin)
    item = _find(request, gtin) or _create(request, gtin)
    _complete(item, request, gtin)
    return item


def _named(identifier: UUID) -> Item:
    item = Item.objects.select_related("product").filter(pk=identifier).first()
    if item is None:
        raise CatalogError("item_unknown", "there is no such item", field="item")
    return item


def _find(request: PublishRequest, gtin: str) -> Item | None:
    own = (
        Item.objects.select_related("product")
        .filter(steward=request.supplier.ref, sku=request.sku)
        .first()
    )
    if not gtin or (own and own.gtin == gtin):
        return own
    shared = Item.objects.select_related("product").filter(gtin=gtin).first()
    return shared or own


def _create(request: PublishRequest, gtin: str) -> Item:
    try:
        with transaction.atomic():
            return Item.objects.create(
                product=Product.objects.create(slug=_slug(request)),
                steward=request.supplier.ref,
                sku=request.sku,
                gtin=gtin,
            )
    except IntegrityError:
        found = _find(request, gtin)
        if found is None:
            raise
        return found


def _complete(item: Item, request: PublishRequest, gtin: str) -> None:
    """Store what ``request`` knows: the steward's word wins, others fill what is empty."""
    wins = item.steward == request.supplier.ref
    for name in ("hs_code", "origin", "net_grams", "gross_grams", "net_content"):
        given = getattr(request, name)
        if given and (wins or not getattr(item, name)):
            setattr(item, name, given)
    facts = {key: value for key, value in request.facts.items() if key in ITEM_FACTS}
    item.facts = {**item.facts, **facts} if wins else {**facts, **item.facts}
    if gtin and not item.gtin and wins:
        item.gtin = gtin
    product = item.product
    _complete_product(product, request, wins)
    product.words = searchable(
        (*product.titles.values(), product.brand, item.gtin, item.gtin.lstrip("0"), item.sku)
    )
    with transaction.atomic():
        product.save()
        item.save()


def _complete_product(product: Product, request: PublishRequest, wins: bool) -> None:
    titles = {language: title for language, title in request.titles.items() if title.strip()}
    product.titles = {**product.titles, **titles} if wins else {**titles, **product.titles}
    descriptions = dict(request.descriptions)
    product.descriptions = (
        {**product.descriptions, **descriptions}
        if wins
        else {**descriptions, **product.descriptions}
    )
    for name in ("brand", "category"):
        given = getattr(request, name)
        if given and (wins or not getattr(product, name)):
            setattr(product, name, given)
    if request.images and (wins or not product.images):
        product.images = list(request.images)
    product.slug = product.slug or _slug(request)


def _slug(request: PublishRequest) -> str:
    return slugify(text_of(request.titles).en)[:80].strip("-")
