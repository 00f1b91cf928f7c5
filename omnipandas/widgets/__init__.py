"""Widgets for notebooks: link an account, look around in it."""

from .omniconnect import OmniConnect as OmniConnect
