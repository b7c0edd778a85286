"""What stands for a product's picture: a drawing of its kind.

Suppliers' pictures lie on other hosts, which would learn who looks at what; until they are stored
here, a page shows a drawing and links to the picture.
"""

from __future__ import annotations

KINDS: dict[str, tuple[str, ...]] = {
    "headphones": ("headphone", "earphone", "audio"),
    "camera": ("camera", "lens"),
    "watch": ("watch", "jewel", "sunglass"),
    "bottle": ("skin", "beauty", "serum", "lotion", "make_up", "shampoo", "fragrance", "hair"),
    "pill": ("supplement", "vitamin", "health", "pharm"),
    "tin": ("milk", "formula", "infant", "food", "coffee", "tea", "snack", "chocolate"),
    "nappy": ("nappies", "nappy", "diaper", "baby"),
    "glass": ("wine", "drink", "beverage", "spirit", "whisky"),
    "shoe": ("shoe", "footwear", "sneaker", "boot"),
    "bag": ("bag", "luggage", "wallet", "accessor"),
    "device": ("electronic", "phone", "computer", "console", "appliance"),
    "pot": ("kitchen", "cook", "pan", "knife"),
    "book": ("book", "stationery", "media"),
    "toy": ("toy", "game", "brick"),
    "shirt": ("apparel", "cloth", "fashion", "dress"),
}


def picture_kind(category: str, title: str) -> str:
    """Return the drawing for a product by the words of its English name, then of its category."""
    for text in (title.lower(), category.lower()):
        for kind, words in KINDS.items():
            if any(word in text for word in words):
                return kind
    return "box"


def tint(key: str) -> int:
    """Return 0 to 5: the background that belongs to a product, always the same."""
    return sum(key.encode()) % 6
