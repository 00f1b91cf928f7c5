"""One plot per analysis, of the same name: takes its result, returns a plotly Figure.

Nothing here computes a study or shows a figure: a notebook draws the Figure that a cell ends with.
"""

from omnipandas.plot.bands import peak_bands as peak_bands
from omnipandas.plot.bands import season_bands as season_bands
from omnipandas.plot.bills import cost_per_kwh as cost_per_kwh
from omnipandas.plot.bills import implied_rates as implied_rates
from omnipandas.plot.bills import monthly as monthly
from omnipandas.plot.costs import monthly_cost as monthly_cost
from omnipandas.plot.demand import base_load as base_load
from omnipandas.plot.demand import coincident_peak as coincident_peak
from omnipandas.plot.demand import load_factor as load_factor
from omnipandas.plot.demand import peak_demand as peak_demand
from omnipandas.plot.demand import ramp as ramp
from omnipandas.plot.profiles import load_duration as load_duration
from omnipandas.plot.profiles import load_heatmap as load_heatmap
from omnipandas.plot.profiles import load_profile as load_profile
from omnipandas.plot.profiles import typical_week as typical_week
from omnipandas.plot.quality import check_usage as check_usage
from omnipandas.plot.quality import fill_gaps as fill_gaps
from omnipandas.plot.series import compare_periods as compare_periods
from omnipandas.plot.series import degree_days as degree_days
from omnipandas.plot.series import infer_peak_schedule as infer_peak_schedule
from omnipandas.plot.series import resample_usage as resample_usage
from omnipandas.plot.series import split_peaks as split_peaks
from omnipandas.plot.series import weather_fit as weather_fit
from omnipandas.plot.tariffs import charges as charges
from omnipandas.plot.tariffs import compare_tariffs as compare_tariffs
from omnipandas.plot.tariffs import cost_by_hour as cost_by_hour
from omnipandas.plot.tariffs import interval_costs as interval_costs
from omnipandas.plot.tariffs import reconcile as reconcile
from omnipandas.plot.tariffs import tariff as tariff
from omnipandas.plot.tariffs import tariff_difference as tariff_difference
