"""Short texts in place of a figure: what went wrong, what is not there, and what to do."""

from __future__ import annotations

from html import escape

import pandas as pd

from omnipandas.errors import OmnipandasError
from omnipandas.usage.quality.usage_report import UsageReport


def status(words: str) -> str:
    """Return a line that says what is under way."""
    return f'<div role="status" class="omnipandas-status">{escape(words)}</div>'


def notice(title: str, advice: str) -> str:
    """Return the panel of an empty state: what is not there, and what to do."""
    return _panel("notice", "status", title, advice)


def failure(error: Exception) -> str:
    """Return the panel of an error: what failed and what to do, never a traceback."""
    if isinstance(error, OmnipandasError):
        return _panel("failure", "alert", _title(error), _sentence(str(error)))
    return _panel(
        "failure",
        "alert",
        "omnipandas made a mistake",
        f"{type(error).__name__}: {error}. Please report it with the code of this view.",
    )


def _title(error: OmnipandasError) -> str:
    name = type(error).__name__.removesuffix("Error")
    return TITLES.get(name, "That did not work")


TITLES = {
    "ConnectionFailed": "The server does not answer",
    "BadRequest": "The server did not accept the question",
    "Unauthorized": "The server does not accept the key",
    "NotFound": "The server does not know this account",
    "RateLimit": "Too many questions in a short time",
    "Server": "The server has a fault",
    "Response": "The server refused",
    "Payload": "The answer could not be read",
    "Incomplete": "A part could not be fetched",
    "Argument": "These choices do not go together",
    "Schema": "These readings do not allow this study",
    "Tariff": "A tariff cannot be priced on this load",
    "Credentials": "There is no key",
}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _panel(kind: str, role: str, title: str, words: str) -> str:
    return (
        f'<div role="{role}" class="omnipandas-panel omnipandas-{kind}"><strong>{escape(title)}</strong>'
        f"<p>{escape(words)}</p></div>"
    )


def receipt(report: UsageReport) -> str:
    """Return a usage report in words."""
    return f'<div class="omnipandas-words">{report._repr_html_()}</div>'


def ranking(comparison: pd.DataFrame) -> str:
    """Return a ranking of tariffs as a table: place, tariff, dollars, why."""
    # Whoever has a ranking has loaded this; the explorer without one opens sooner.
    from omnipandas.tariffs.ranking import ranking_in_words

    table = ranking_in_words(comparison).reset_index().to_html(border=0, justify="left", index=False)
    return f'<div class="omnipandas-words">{table}</div>'


def source(code: str) -> str:
    """Return code to read and copy; it takes the keyboard's focus, so that it can be scrolled."""
    return f'<pre class="omnipandas-code" tabindex="0" aria-label="The code for this">{escape(code)}</pre>'
