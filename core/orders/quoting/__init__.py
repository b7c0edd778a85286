"""The landed price of one channel: sourcing, conversion, freight, import, and the document."""
