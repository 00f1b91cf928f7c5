"""Choose accounts, dates, tariffs and peak hours."""
