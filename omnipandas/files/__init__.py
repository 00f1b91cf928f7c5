"""Bring usage from files and frames that people have."""
