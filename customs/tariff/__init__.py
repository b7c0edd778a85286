"""Tariff editions: official files read, compared with what is in force, and switched at once."""
