"""Widgets for notebooks: link an account, pick from it, look around in it."""

from .dates import DateRangePicker as DateRangePicker
from .explorer import Explorer as Explorer
from .omniconnect import OmniConnect as OmniConnect
from .pickers import AccountPicker as AccountPicker
from .pickers import DayTypePicker as DayTypePicker
from .pickers import PeakSchedulePicker as PeakSchedulePicker
from .pickers import TariffPicker as TariffPicker
from .pickers import YearPicker as YearPicker
