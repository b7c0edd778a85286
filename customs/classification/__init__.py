"""The HS code of an item in a destination: suggested by rules, confirmed by people."""
