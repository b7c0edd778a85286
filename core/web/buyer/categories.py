"""Names of the categories that the platform knows; a supplier's own are shown as they are."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "accessories": _("Accessories"),
    "appliances": _("Appliances"),
    "baby": _("Baby"),
    "bags": _("Bags"),
    "books": _("Books"),
    "clothing": _("Clothing"),
    "coffee": _("Coffee"),
    "electronics": _("Electronics"),
    "food": _("Food"),
    "fragrance": _("Fragrance"),
    "hair": _("Hair care"),
    "home": _("Home"),
    "kitchen": _("Kitchen"),
    "make_up": _("Make-up"),
    "nappies": _("Nappies"),
    "shoes": _("Shoes"),
    "skin_care": _("Skin care"),
    "supplements": _("Supplements"),
    "toys": _("Toys"),
    "wine": _("Wine and spirits"),
}


def category_name(key: str) -> Promise | str:
    """Return the name of a first-level category, by its key or as the supplier wrote it."""
    return NAMES.get(key.lower().replace(" ", "_"), key)
