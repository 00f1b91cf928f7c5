from . import errors as errors
from . import plot as plot
from . import schema as schema
from .client import Client as Client
from .client import RetryPolicy as RetryPolicy
from .client import connect as connect
from .embedded import DemoClient as DemoClient
from .embedded import demo as demo
from .fetch import download_workbook as download_workbook
from .fetch import get_historical as get_historical
from .fetch import get_intervals as get_intervals
from .fetch import get_service_accounts as get_service_accounts
from .links import forget_accounts as forget_accounts
from .links import linked_accounts as linked_accounts
from .links import remember_accounts as remember_accounts
from .usage.peaks import infer_peak_schedule as infer_peak_schedule
from .usage.peaks import split_peaks as split_peaks
from .usage.prices import cost_per_kwh as cost_per_kwh
from .usage.profiles import load_profile as load_profile
from .usage.quality import check_usage as check_usage
from .usage.schedules import PeakSchedule as PeakSchedule
from .workbooks import read_workbook as read_workbook

__version__: str
