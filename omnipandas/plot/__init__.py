"""One plot per analysis, of the same name: takes its result, returns a plotly Figure.

Nothing here computes a study or shows a figure: a notebook draws the Figure that a cell ends with.
"""

from omnipandas.plot.usage import cost_per_kwh as cost_per_kwh
from omnipandas.plot.usage import load_profile as load_profile
from omnipandas.plot.usage import monthly as monthly
