"""A tariff over a load: compiled once, priced for one account or a thousand."""
