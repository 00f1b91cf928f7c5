import pytest

from omnipandas.files.words import TABLE, meaning_of, plain

HEADERS = {
    "total": ["USAGE (kWh)", "IMPORT (kWh)", "fwd_kWh", "Consumption (kwh)", "Inflow (kWh)", "Global_active_power",
              "energy(kWh/hh)", "KWH/hh (per half hour)", "Energy Consumed (Wh)", "Demand (MW)", "Määrä", "Valeur",
              "Kulutus (kWh)", "Panel-Mains (kWhs)", "totalConsumption", "kwhConsumption", "meter kWh", "total_kwh",
              "Electricity:Facility [J](Hourly)", "out.electricity.total.energy_consumption", "kWh", "kw", "state"],
    "export": ["EXPORT (kWh)", "rev_kWh", "Outflow (kWh)", "Generation", "Exported to Grid (Wh)", "To Grid (kWh)",
               "Returned energy Wh (A)", "Energie ins Netz eingespeist", "export_kwh"],
    "net": ["Net", "net_kWh", "Net Consumption (kWh)", "out.electricity.net.energy_consumption"],
    "on_peak": ["On-peak kWh", "on_peak_kwh"],
    "off_peak": ["Off-peak kWh", "Off Peak (kWh)"],
    "production": ["Energy Produced (Wh)", "System Production (W)", "Solar (kW)", "Net Generation (MW)"],
    "time": ["DATE", "START TIME", "USAGE_START_TIME", "Interval Start Date/Time", "Horodate", "Alkuaika", "tstp",
             "Time Bucket (America/New_York)", "DateTime", "Hour", "Read Date and End Time", "last_changed"],
    "end": ["END TIME", "interval_end", "UTC Time at End of Hour", "USAGE_END_TIME", "Date de fin"],
    "id": ["ESIID", "meter_uid", "MPRN", "LCLid", "Account Number", "Mittauspisteen tunnus", "entity_id"],
    "aside": ["COST", "REVISION_DATE", "Total Cost", "Temp (C)", "Power Factor (%)", "Powerwall (kW)", "Voltage",
              "Demand Forecast (MW)", "out.natural_gas.total.energy_consumption", "interval_timezone", "Cost ($)"],
    "quality": ["ESTIMATED_ACTUAL", "Estimated Usage", "Laatu", "Actual/Estimated", "Reading quality"],
}  # fmt: skip


@pytest.mark.parametrize(("role", "header"), [(role, header) for role in HEADERS for header in HEADERS[role]])
def test_a_header_means_what_people_mean_by_it(role, header):
    assert meaning_of(header).role == role


@pytest.mark.parametrize(
    ("header", "unit"),
    [("USAGE (kWh)", "kwh"), ("kWhs", "kwh"), ("x [J]", "j"), ("Demand (MW)", "mw"), ("Energy Wh (A)", "wh"),
     ("power_w", "w"), ("USAGE (therms)", "therms"), ("CCF", "CCF"), ("Usage", None), ("kWh_60min", "kwh")],
)  # fmt: skip
def test_a_header_names_its_unit(header, unit):
    assert meaning_of(header).unit == unit


def test_words_say_the_edge_and_the_clock():
    assert meaning_of("Horodate").label == "end"
    assert meaning_of("Hour Ending").label == "end"
    assert meaning_of("timestamp (UTC)").clock == "UTC"
    assert meaning_of("Time Bucket (America/New_York)").clock == "America/New_York"
    assert meaning_of("Time (EST)").clock == "Etc/GMT+5"


def test_phrases_of_the_table_are_written_as_they_are_looked_up():
    phrases = [phrase for word in TABLE for phrase in word.phrases.split("|")]
    assert all(phrase == plain(phrase).strip() and phrase for phrase in phrases)
    roles = {(word.role, phrase) for word in TABLE for phrase in word.phrases.split("|")}
    assert len(roles) == len(phrases)
