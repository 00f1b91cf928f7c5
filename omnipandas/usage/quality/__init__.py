"""Whether to believe the readings: checks, findings, and the receipt that joins them."""
