"""Tariffs as the Utility Rate Database writes them: read, checked, written."""
