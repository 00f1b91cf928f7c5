"""The report of `check_usage`: a frame of findings that says briefly what it holds."""

from __future__ import annotations

from html import escape

import pandas as pd

from .findings import CODES


class UsageReport(pd.DataFrame):
    """Findings about usage, one row each (FINDINGS), with a short summary as its repr.

    What pandas makes of it (a slice, a sort) is a plain frame. Print `pandas.DataFrame(report)` for rows.

    Parameters
    ----------
    findings : DataFrame
        FINDINGS.
    coverage : DataFrame
        COVERAGE: expected and received intervals by account and month.
    sufficiency : DataFrame
        SUFFICIENCY: whether the readings suffice for a baseline, in CalTRACK's words.
    """

    def __init__(self, findings: pd.DataFrame, coverage: pd.DataFrame, sufficiency: pd.DataFrame) -> None:
        super().__init__(findings)  # type: ignore[call-arg]  # the stubs declare __new__ alone
        # pandas takes plain assignment of a frame for an attempt to add a column.
        object.__setattr__(self, "_tables", (coverage, sufficiency))

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def coverage(self) -> pd.DataFrame:
        """Expected and received intervals by account and month (COVERAGE)."""
        return self._both[0]

    @property
    def sufficiency(self) -> pd.DataFrame:
        """Whether the readings suffice for a baseline, by account (SUFFICIENCY)."""
        return self._both[1]

    @property
    def _both(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        tables: tuple[pd.DataFrame, pd.DataFrame] = object.__getattribute__(self, "_tables")
        return tables

    def _lines(self) -> list[str]:
        """Return the summary: what came, then one line for each code and account."""
        coverage, sufficiency = self._both
        expected, received = int(coverage["expected"].sum()), int(coverage["received"].sum())
        share = f" ({received / expected:.1%})" if expected else ""
        accounts = len(sufficiency)
        lines = [
            (
                f"{received:,} of {expected:,} intervals{share}, {accounts} account{'s' * (accounts != 1)}, "
                f"{len(self)} finding{'s' * (len(self) != 1)}"
            )
        ]
        for (code, account), rows in self.groupby(["code", "service_account_id"], observed=True, sort=False):
            first = rows["start"].min()
            more = f", {len(rows)} times" if len(rows) > 1 else f" to {rows['end'].iloc[0]:%Y-%m-%d %H:%M}"
            kind = CODES[str(code)]
            lines.append(
                f"{code} [{account}]: {kind.meaning}; {int(rows['rows'].sum()):,} rows, "
                f"{'first ' if len(rows) > 1 else ''}{first:%Y-%m-%d %H:%M}{more}. {kind.suggestion}"
            )
        lines += [f"baseline [{account}]: {row.words}" for account, row in sufficiency.iterrows()]
        return lines

    def __repr__(self) -> str:
        return "\n".join(["UsageReport: " + self._lines()[0], *("  " + line for line in self._lines()[1:])])

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self._lines())
        items = "".join(f"<li>{line}</li>" for line in rest)
        return f"<div><b>Usage report</b>: {first}<ul>{items}</ul></div>"
