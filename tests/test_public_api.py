"""What others rely on: names, signatures, documents."""

import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpydoc.docscrape
import pytest

import omnipandas as op
from omnipandas import errors, schema

ROOT = Path(__file__).parents[1]
NAMES = sorted(op.__all__)
CALLABLES = [name for name in NAMES if callable(getattr(op, name))]
PLOTS = [
    name for name in dir(op.plot) if not name.startswith("_") and inspect.isfunction(getattr(op.plot, name))
]

# design.md's contract: parameters that callers may rely on, in order; keyword-only ones behind "*".
SIGNATURES = {
    "connect": "client_id=None secret=None * base_url=None cache_dir=None clock='utc' timezone=None",
    "linked_accounts": "client",
    "remember_accounts": "client ids",
    "forget_accounts": "client ids",
    "get_service_accounts": "client ids",
    "get_historical": "client ids years",
    "get_intervals": "client ids start end * timezone=None clock=None refresh=False offline=False",
    "download_workbook": "client service_account_id path",
    "read_workbook": "path",
    "read_intervals": "source * timezone",
    "intervals": "usage * timezone=None minutes=None service_account_id=None",
    "read_tariff": "source * strict=True",
    "charges": "hourly tariff billing_periods=None * tiers='pro_rata' daily_fixed='actual'",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_there(name):
    assert getattr(op, name) is not None
    assert name in dir(op)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_contract_signature_holds(name):
    parameters = inspect.signature(getattr(op, name)).parameters
    positional, _, keyword = SIGNATURES[name].partition("*")
    given = [p for p in parameters.values() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert [_shown(p) for p in given] == positional.split()
    named = {_shown(p) for p in parameters.values() if p.kind is inspect.Parameter.KEYWORD_ONLY}
    assert set(keyword.split()) <= named


def _shown(parameter):
    default = "" if parameter.default is inspect.Parameter.empty else f"={parameter.default!r}"
    return parameter.name + default


def documented():
    for name in CALLABLES:
        yield f"op.{name}", getattr(op, name)
    for name in PLOTS:
        yield f"op.plot.{name}", getattr(op.plot, name)


@pytest.mark.parametrize(
    ("name", "item"), list(documented()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_public_name_is_documented_in_full(name, item):
    text = inspect.getdoc(item) or ""
    document = numpydoc.docscrape.NumpyDocString(text)
    assert " ".join(document["Summary"]).endswith("."), f"{name}: a first sentence"
    takes = [p for p in _parameters(item) if p != "self"]
    described = {
        part.strip() for entry in document["Parameters"] for part in entry.name.replace("*", "").split(",")
    }
    if inspect.isfunction(item):
        assert set(takes) <= described, f"{name}: {set(takes) - described} not described"
        assert document["Returns"], f"{name}: what comes back"
        assert document["Examples"], f"{name}: an example"
        assert ">>>" in "\n".join(document["Examples"])


def _parameters(item):
    try:
        return [name.lstrip("*") for name in inspect.signature(item).parameters]
    except ValueError:
        return []


def test_every_error_is_in_the_tree_at_the_top_of_its_file():
    tree = errors.__doc__
    kinds = [
        kind for kind in vars(errors).values() if inspect.isclass(kind) and kind.__module__ == errors.__name__
    ]
    for kind in kinds:
        assert kind.__name__ in tree
        assert issubclass(kind, (errors.OmnipandasError, errors.OmnipandasWarning))
        assert kind.__doc__


@pytest.mark.parametrize("name", ["ArgumentError", "SchemaError", "TariffError", "CredentialsError"])
def test_errors_of_the_callers_own_are_value_errors(name):
    error = getattr(errors, name)("what to do")
    assert isinstance(error, ValueError)
    assert isinstance(error, errors.OmnipandasError)
    assert (error.status_code, error.retry_after, error.retryable) == (None, None, False)


def test_contract_frames_have_the_columns_of_the_design():
    hourly = "service_account_id interval_end on_peak_kwh off_peak_kwh total_kwh"
    monthly = "service_account_id on_peak_kwh off_peak_kwh total_kwh cost_usd"
    accounts = "external_id street city state postal_code timezone linked_at legal_names"
    ledger = "service_account_id period_start period_end charge component tou_period tier"
    ledger += " quantity unit price amount_usd"
    for table, columns in zip(
        (schema.INTERVALS, schema.MONTHLY, schema.SERVICE_ACCOUNTS, schema.CHARGES),
        (hourly, monthly, accounts, ledger),
        strict=True,
    ):
        assert table.names[: len(columns.split())] == columns.split()


def test_eager_import_loads_everything():
    environment = os.environ | {"EAGER_IMPORT": "1"}
    subprocess.run(
        [sys.executable, "-W", "error", "-c", "import omnipandas"], check=True, env=environment, cwd=ROOT
    )


def test_import_is_lazy():
    heavy = "pandas", "requests", "plotly", "ipywidgets"
    code = f"import sys, omnipandas; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_versions_agree():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == importlib.import_module("omnipandas").__version__
    assert project["version"] in (ROOT / "CHANGELOG.md").read_text()
