"""The ground that all wings stand on: time, hours, holidays, and INTERVALS as arrays."""
