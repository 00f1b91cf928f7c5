"""How a run of OmniConnect stands or ended, and what each means for whoever clicked."""

from __future__ import annotations

MESSAGES = {
    "idle": "",
    "loading": "Loading the vendor's script…",
    "open": "Go on in the window that has opened.",
    "OM200": "Linked: run the next cell.",
    "OM400": "The window was closed before an account was linked. Click to begin again.",
    "OM410": "Client id and secret are not accepted: check them in the Omnimetic Console.",
    "OM500": "Omnimetic's server, or the utility's, failed. Try again later.",
    "blocked": "The vendor's script did not load: this browser is offline, a blocker or the page's policy "
    "keeps {host} out, or its bytes are not those of integrity=. Allow it and click again.",
    "timeout": "Nothing came of it in {timeout:g} s. Click to begin again.",
    "cancelled": "Cancelled: no account was linked. Click to begin again.",
}

#: What "blocked" means where the script did load.
REASONS = {
    "global": "The script from {host} defines neither Omniconnect nor Omnimetic: check sdk_url.",
    "start": "The vendor's script failed as it started: reload the page and click again.",
}

UNREADABLE = "Linked, but the ids came in an unknown form: link.service_account_ids says more."
NOT_REMEMBERED = "Linked: run the next cell. The ids could not be remembered for next time."
