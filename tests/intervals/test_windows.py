"""The one language of hours, word by word."""

import pytest

from omnipandas.errors import ArgumentError
from omnipandas.intervals.windows import read_clause


def said(words):
    return "; ".join(map(str, read_clause(words).windows()))


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("weekdays 16-21, Jun-Sep", "weekdays 16-21, Jun-Sep"),
        ("jun-sep weekday 16-21", "weekdays 16-21, Jun-Sep"),
        ("4pm-9pm", "daily 16-21"),
        ("weekdays 4-9pm", "weekdays 16-21"),
        ("6-9am", "daily 6-9"),
        ("11am-3pm", "daily 11-15"),
        ("10-2pm", "daily 10-14"),
        ("9-5pm", "daily 9-17"),
        ("11-1am", "daily 23-1"),
        ("12-6am", "daily 0-6"),
        ("12-6pm", "daily 12-18"),
        ("6:30-9pm", "daily 18:30-21"),
        ("16-9pm", "daily 16-21"),
        ("0:30-7:30am", "daily 0:30-7:30"),
        ("7-7pm", "daily 7-19"),
        ("10pm-6", "daily 22-6"),
        ("4pm-12", "daily 16-24"),
        ("8am-12", "daily 8-12"),
        ("12am-6am", "daily 0-6"),
        ("noon-6pm", "daily 12-18"),
        ("9-noon", "daily 9-12"),
        ("9 a.m. to noon", "daily 9-12"),
        ("8pm-midnight", "daily 20-24"),
        ("midnight-6", "daily 0-6"),
        ("12 noon to 12 midnight", "daily 12-24"),
        ("midnight to midnight", "daily 0-24"),
        ("22-0", "daily 22-24"),
        ("24-6", "daily 0-6"),
        ("6:30-9", "daily 6:30-9"),
        ("0:30-7:30", "daily 0:30-7:30"),
        ("Mon-Thu 16-21", "Mon-Thu 16-21"),
        ("Monday through Friday 4 PM – 9 PM", "weekdays 16-21"),  # noqa: RUF001 - a pasted dash
        ("Saturdays 8-10, Suns 9-11", "weekends 8-10; weekends 9-11"),
        ("Sat", "Sat 0-24"),
        ("daily 22-6", "daily 22-6"),
        ("all 22-6", "daily 22-6"),
        ("every day 22-6", "daily 22-6"),
        ("DAILY 22-6 NOV TO MARCH", "daily 22-6, Jan-Mar Nov-Dec"),
        ("weekdays 6-9 and 17-20", "weekdays 6-9; weekdays 17-20"),
        ("weekday weekend 6-9", "daily 6-9"),
        ("june", "daily 0-24, Jun"),
        ("sept", "daily 0-24, Sep"),
    ],
)
def test_what_words_say(words, plain):
    assert said(words) == plain
    assert "; ".join(said(part) for part in plain.split("; ")) == plain


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("fortnightly 1-2", "'fortnightly'"),
        ("jun-foo 1-2", "'jun-foo'"),
        ("junk 1-2", "'junk'"),
        ("otherwise", "'otherwise'"),
        ("1-2-3", "'1-2-3'"),
        ("jun-1", "'jun-1'"),
        ("5", "'5' is one hour's edge"),
        ("noon", "'noon' is one hour's edge"),
        ("16-16", "'16-16' are no window"),
        ("12am-12am", "are no window"),
        ("25-26", "'25' is no time"),
        ("24:30-3", "'24:30' is no time"),
        ("16:75-18", "'16:75' is no time"),
        ("13pm-3pm", "'13pm' is no time"),
        ("0am-3am", "'0am' is no time"),
        ("", "names no hours"),
        ("and every", "names no hours"),
    ],
)
def test_words_that_are_none_are_named(words, message):
    with pytest.raises(ArgumentError, match=message):
        read_clause(words)
