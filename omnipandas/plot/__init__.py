"""One plot per analysis, of the same name: takes its result, returns a plotly Figure.

Nothing here computes a study or shows a figure: a notebook draws the Figure that a cell ends with.
"""

from .coincidence import coincident_peak as coincident_peak
from .comparison import compare_periods as compare_periods
from .demand import base_load as base_load
from .demand import load_factor as load_factor
from .demand import peak_demand as peak_demand
from .demand import ramp as ramp
from .filling import fill_gaps as fill_gaps
from .implied import implied_rates as implied_rates
from .interval_prices import cost_by_hour as cost_by_hour
from .interval_prices import interval_costs as interval_costs
from .ledger import charges as charges
from .months import monthly as monthly
from .months import monthly_cost as monthly_cost
from .peaks import infer_peak_schedule as infer_peak_schedule
from .peaks import peak_bands as peak_bands
from .peaks import season_bands as season_bands
from .peaks import split_peaks as split_peaks
from .prices import cost_per_kwh as cost_per_kwh
from .profiles import load_profile as load_profile
from .quality import check_usage as check_usage
from .ranking import compare_tariffs as compare_tariffs
from .ranking import tariff_difference as tariff_difference
from .reconciliation import reconcile as reconcile
from .resampling import resample_usage as resample_usage
from .shapes import load_duration as load_duration
from .shapes import load_heatmap as load_heatmap
from .shapes import typical_week as typical_week
from .tariffs import tariff as tariff
from .weather import degree_days as degree_days
from .weather import weather_fit as weather_fit
