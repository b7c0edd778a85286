"""The demonstration: three suppliers' feeds, five channels, orders in every state.

Everything goes through the real pipelines; companies, brands and goods do not exist. GTINs are of
GS1's range for examples (prefix 952).
"""
