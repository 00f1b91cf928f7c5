"""One plot per analysis, of the same name: takes its result, returns a plotly Figure.

Nothing here computes a study or shows a figure: a notebook draws the Figure that a cell ends with.
"""
