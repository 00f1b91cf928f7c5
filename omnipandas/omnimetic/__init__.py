"""Bring usage from the Omnimetic API: key, token, cache, requests, answers, frames."""
