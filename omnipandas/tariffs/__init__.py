"""Tariff studies: a tariff, a load, and the ledger that follows."""
