import json
from datetime import date

import pytest

import omnipandas as op
from omnipandas.errors import TariffError
from omnipandas.tariffs.components import Demand, Energy, Fixed, Minimum, Ratchet, Rider

ZEROS = [[0] * 24 for _ in range(12)]


def document(**fields):
    base = {
        "name": "Plain",
        "label": "abc",
        "energyratestructure": [[{"rate": 0.1, "adj": 0.02, "unit": "kWh"}]],
        "energyweekdayschedule": ZEROS,
        "energyweekendschedule": ZEROS,
    }
    return {key: value for key, value in (base | fields).items() if value is not None}


def energy(tariff):
    return next(tariff.of(Energy))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda doc: doc,
        json.dumps,
        lambda doc: json.dumps(json.dumps(doc)),
        lambda doc: json.dumps(doc).encode(),
        lambda doc: {"items": [doc]},
        lambda doc: {"items": [json.dumps(doc)]},
        lambda doc: [doc],
        lambda doc: json.dumps({"items": json.dumps([doc])}),
    ],
)
def test_one_tariff_in_whatever_wrapping(wrap):
    assert energy(op.read_tariff(wrap(document()))).periods[0][0].total == pytest.approx(0.12)


def test_a_file_by_path_and_by_text(tmp_path):
    path = tmp_path / "rate.json"
    path.write_text("\ufeff" + json.dumps(document()), encoding="utf-8")
    assert op.read_tariff(path) == op.read_tariff(str(path)) == op.read_tariff(document())


def test_reading_does_not_change_the_document():
    doc = document(energyweekdayschedule=[[0.0] * 24 for _ in range(12)])
    before = json.dumps(doc)
    op.read_tariff(doc)
    assert json.dumps(doc) == before


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"energyweekdayschedule": [[0.0] * 24] * 12}, "decimal point"),
        ({"dgRules": "Net Metering"}, "field dgRules was read as dgrules"),
        ({"supercedes": "x"}, "field supercedes was read as supersedes"),
        ({"energyratestructure": [[{"rate": 0.1}]]}, "unit: missing, kWh was taken"),
        ({"energyratestructure": [[{"rate": "0.1", "unit": "kWh"}]]}, "the text '0.1' was read as a number"),
        ({"energyratestructure": [[{"adj": 0.1, "unit": "kWh"}]]}, "adj alone is the price"),
        ({"energyratestructure": [[{"rate": 0.1, "unit": "kWh", "max": 500}]]}, "the last tier ends at 500"),
        (
            {"energyweekdayschedule": None, "energyweekendschedule": None},
            "the one period was taken for all hours",
        ),
        ({"fixedchargefirstmeter": 5}, "fixedchargeunits: missing, $/month was taken"),
        ({"fixedchargefirstmeter": 5, "fixedchargeunits": "$/month", "fixedmonthlycharge": 6}, "left aside"),
        ({"mincharge": 5}, "minchargeunits: missing"),
        ({"energyattrs": [{"Discount": "1 %"}]}, "not priced: energyattrs"),
        ({"wheeling": 3}, "not priced: wheeling is no field of URDB"),
        ({"dgrules": "Barter"}, "dgrules: 'Barter' is not known"),
        ({"demandwindow": 15}, "mean over 15 minutes"),
        ({"flatdemandstructure": [[{"rate": 2}]]}, "flatdemandmonths missing"),
        (
            {"flatdemandstructure": [[{"rate": 2}]], "flatdemandmonths": [0] * 12},
            "flatdemandunit: missing, kW was taken",
        ),
        ({"startdate": 1462258800, "enddate": 1462172400}, "dates were left aside"),
        ({"lookbackpercent": 80, "flatdemandstructure": [[{"rate": 2}]]}, "read as 80 %"),
    ],
)
def test_dirt_is_normalised_and_noted(fields, note):
    assert any(note in text for text in op.read_tariff(document(**fields)).notes)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"energyweekdayschedule": [[1] * 24] * 12}, "energyweekdayschedule, jan, hour 0: period 1 is named"),
        ({"energyratestructure": [[{"unit": "kWh"}]]}, "period 0, tier 1, rate"),
        ({"energyratestructure": [[]]}, "no tier"),
        (
            {"demandrateunit": "kVA", "demandratestructure": [[{"rate": 3}]]},
            "demandrateunit: it is charged by kVA",
        ),
        (
            {"flatdemandunit": "hp", "flatdemandstructure": [[{"rate": 3}]]},
            "flatdemandunit: it is charged by hp",
        ),
        ({"demandreactivepowercharge": 0.4}, "demandreactivepowercharge"),
        ({"coincidentratestructure": [[{"rate": 0.8}]]}, "coincidentratestructure"),
        ({"demandwindow": 90}, "demandwindow"),
        (
            {"demandratchetpercentage": [0.5] * 6 + [0.8] * 6, "flatdemandstructure": [[{"rate": 2}]]},
            "demandratchet",
        ),
    ],
)
def test_what_cannot_be_priced_is_refused_or_left_out_and_said(fields, words):
    with pytest.raises(TariffError, match=f"'Plain'.*{words}"):
        op.read_tariff(document(**fields))
    assert any(
        note.startswith("not priced") for note in op.read_tariff(document(**fields), strict=False).notes
    )


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"energyratestructure": [[{"rate": 0.1, "unit": "BTU"}]]}, "unit: unknown unit 'BTU'"),
        (
            {
                "energyratestructure": [
                    [{"rate": 0.1, "unit": "kWh", "max": 5}, {"rate": 1, "unit": "kWh daily"}]
                ]
            },
            "add up",
        ),
        (
            {"energyratestructure": [[{"rate": 1, "max": 9}, {"rate": 1, "max": 5}, {"rate": 1}]]},
            "not sorted.*max",
        ),
        ({"energyratestructure": [[{"rate": 1}, {"rate": 1}]]}, "only the last tier may be without a bound"),
        ({"energyratestructure": [[{"rate": "dear", "unit": "kWh"}]]}, "'dear' is not a number"),
        ({"energyratestructure": [{"rate": 1}]}, "list of periods"),
        ({"energyweekdayschedule": [[0] * 24] * 11}, "12 rows"),
        ({"energyweekendschedule": [[0] * 23] * 12}, "24 entries"),
        ({"energyweekendschedule": [[0.5] * 24] * 12}, "not a period's number"),
        (
            {"energyweekdayschedule": None, "energyratestructure": [[{"rate": 1}], [{"rate": 2}]]},
            "missing, though 2",
        ),
        ({"fixedchargefirstmeter": 5, "fixedchargeunits": "$/moon"}, "fixedchargeunits: unknown unit"),
        ({"fixedchargefirstmeter": "dear"}, "fixedchargefirstmeter: 'dear'"),
        ({"startdate": "soon"}, "startdate: 'soon' is not a date"),
        ({"flatdemandstructure": [[{"rate": 1}]], "flatdemandmonths": [0] * 11}, "flatdemandmonths"),
        ({"flatdemandstructure": [[{"rate": 1}]], "flatdemandmonths": [1] * 12}, "flatdemandmonths"),
        ({"demandratestructure": [[{"rate": 1}]], "demandrateunit": "lm"}, "unknown unit 'lm'"),
        ({"fueladjustmentsmonthly": [0.1]}, "twelve"),
        ({"energyratestructure": None}, "no charge"),
    ],
)
def test_what_cannot_be_read_is_refused_with_tariff_and_field(fields, words, strict):
    with pytest.raises(TariffError, match=f"'Plain'.*{words}"):
        op.read_tariff(document(**fields), strict=strict)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{", "not JSON"),
        ("nowhere.json", "nor is that an id"),
        ({"items": []}, "empty"),
        (3, "int"),
        ("[1]", "URDB"),
    ],
)
def test_sources_that_hold_no_tariff_are_refused(source, words):
    with pytest.raises(TariffError, match=words):
        op.read_tariff(source)


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TariffError, match="UTF-8"):
        op.read_tariff(path)


@pytest.mark.parametrize(
    "value",
    [
        1462258800,
        1462258800.0,
        "2016-05-03 00:00:00",
        "2016-05-03T00:00:00.000Z",
        "2016-05-03",
        {"$date": "2016-05-03T07:00:00Z"},
    ],
)
def test_dates_in_every_spelling(value):
    tariff = op.read_tariff(document(startdate=value, enddate="2016-12-31T23:59:59.000Z"))
    assert (tariff.start, tariff.end) == (date(2016, 5, 3), date(2017, 1, 1))


def test_the_names_of_version_seven_and_older():
    tariff = op.read_tariff(
        document(
            fixedmonthlycharge=35.28,
            minmonthlycharge=40.0,
            annualmincharge=500.0,
            usenetmetering=True,
            fueladjustmentsmonthly=[0.01] * 12,
            demandratchetpercentage=[0, 0, 0, 0, 0, 0.8, 0.8, 0.8, 0.8, 0, 0, 0],
            flatdemandstructure=[[{"rate": 2}]],
            flatdemandmonths=[0.0] * 12,
        )
    )
    assert next(tariff.of(Fixed)) == Fixed(35.28)
    assert [(m.price, m.every) for m in tariff.of(Minimum)] == [(40.0, "month"), (500.0, "year")]
    assert tariff.export.rule == "net_metering_kwh"
    assert next(tariff.of(Demand)).ratchet == Ratchet(0.8, 11, (6, 7, 8, 9))
    assert [charge.name for charge in tariff.of(Energy)] == ["energy", "fuel adjustment"]


def test_revisions_become_one_dated_tariff():
    first = document(startdate="2020-01-01", enddate="2020-06-30")
    second = document(startdate="2020-07-01", energyratestructure=[[{"rate": 0.2, "unit": "kWh"}]])
    tariff = op.read_tariff([second, first])
    assert [version.end for version in tariff.revisions] == [date(2020, 7, 1), None]
    assert op.read_tariff(op.to_urdb(tariff)) == tariff
    with pytest.raises(TariffError, match="no version is in force from 2020-07-01 to 2020-08-01"):
        op.read_tariff([first, second | {"startdate": "2020-08-01"}])
    with pytest.raises(TariffError, match="overlap"):
        op.read_tariff([first, second | {"startdate": "2020-06-01"}])
    with pytest.raises(TariffError, match="needs a start date"):
        op.read_tariff([document(), second])


@pytest.mark.parametrize("name", op.list_tariffs().index)
def test_every_shipped_tariff_reads_strictly_and_round_trips(name):
    tariff = op.read_tariff(name)
    assert tariff.notes == ()
    assert tariff.source
    assert tariff.start
    assert op.read_tariff(op.to_urdb(tariff)) == tariff


def test_what_urdb_has_no_field_for_is_refused_in_writing():
    rider = op.Tariff("T", (Fixed(1.0), Rider(0.1)))
    with pytest.raises(TariffError, match="no field for a Rider"):
        op.to_urdb(rider)
    for tariff in (
        op.Tariff.flat("T", 0.1, holidays="US"),
        op.Tariff.flat("T", 0.1).with_export("net_billing", 0.04),
        op.Tariff("T", (Fixed(1.0), Fixed(2.0, name="second"))),
    ):
        with pytest.raises(TariffError, match="URDB has no field"):
            op.to_urdb(tariff)
