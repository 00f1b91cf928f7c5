from . import errors as errors
from . import plot as plot
from . import schema as schema
from .usage.peaks import infer_peak_schedule as infer_peak_schedule
from .usage.peaks import split_peaks as split_peaks
from .usage.prices import cost_per_kwh as cost_per_kwh
from .usage.profiles import load_profile as load_profile
from .usage.schedules import PeakSchedule as PeakSchedule

__version__: str
