"""Widgets for notebooks: link an account, pick from it, look around in it."""

from .explorer.widget import Explorer as Explorer
from .omniconnect.omniconnect import OmniConnect as OmniConnect
from .pickers.accounts import AccountPicker as AccountPicker
from .pickers.dates import DateRangePicker as DateRangePicker
from .pickers.days import DayTypePicker as DayTypePicker
from .pickers.days import YearPicker as YearPicker
from .pickers.peak_hours import PeakSchedulePicker as PeakSchedulePicker
from .pickers.tariff_lists import TariffPicker as TariffPicker
