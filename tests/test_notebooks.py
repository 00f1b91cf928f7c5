"""Rules that every notebook keeps. That its numbers are right is the notebook's own part, under nbval.

nbval compares stored text; it passes a stripped notebook, a changed figure and a missing assertion, so
those are demanded here. The last tests seed faults into a notebook and demand that they are caught.
"""

from __future__ import annotations

import ast
import base64
import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OPENING = [
    "import omnipandas as op",
    "",
    'client = op.demo(today="2026-11-01")  # with a key of your own: op.connect()',
    "ids = op.linked_accounts(client)",
]
FIGURE = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
ELSEWHERE = {
    "TZ": "Australia/Lord_Howe",
    "OMNIPANDAS_SANDBOX_END_DATE": "inclusive",
    "PLOTLY_RENDERER": "plotly_mimetype",
}


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def trees(notebook):
    return [ast.parse(cell.source) for cell in code_cells(notebook)]


def figures(notebook):
    return [
        output["data"]
        for cell in code_cells(notebook)
        for output in cell.outputs
        if FIGURE in output.get("data", {})
    ]


def test_it_is_valid_and_asks_a_question(notebook):
    nbformat.validate(notebook)
    title = notebook.cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")


def test_it_opens_as_all_do(notebook):
    assert code_cells(notebook)[0].source.splitlines()[: len(OPENING)] == OPENING


def test_it_is_short_and_defines_no_function(notebook):
    assert len(code_cells(notebook)) <= 20
    for tree in trees(notebook):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        assert not [node for node in ast.walk(tree) if isinstance(node, kinds)]


def test_it_asserts_its_numbers(notebook):
    asserts = [node for tree in trees(notebook) for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    numbers = [node for a in asserts for node in ast.walk(a) if isinstance(node, ast.Constant)]
    assert len([n for n in numbers if isinstance(n.value, (int, float))]) >= 3


def test_it_ends_with_a_sentence_made_of_its_numbers(notebook):
    last = code_cells(notebook)[-1]
    (printed,) = [output.text for output in last.outputs if output.output_type == "stream"]
    assert any(character.isdigit() for character in printed)
    assert printed.strip().endswith(".")
    assert any(isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(last.source)))


def test_it_is_stored_executed_in_order_and_without_errors(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    kinds = {output.output_type for cell in code_cells(notebook) for output in cell.outputs}
    assert "error" not in kinds
    streams = [o for c in code_cells(notebook) for o in c.outputs if o.output_type == "stream"]
    assert {stream.name for stream in streams} == {"stdout"}


def test_its_figures_hold_data_and_stand_there_as_pictures_too(notebook):
    for figure in figures(notebook):
        assert "image/png" in figure
        assert len(figure["image/png"]) > 5_000
        traces = figure[FIGURE]["data"]
        assert traces
        for trace in traces:
            assert any(trace.get(axis) for axis in ("y", "z", "x", "values"))


def test_only_cells_that_draw_are_excused_from_comparison(notebook):
    for cell in code_cells(notebook):
        excused = "nbval-ignore-output" in cell.metadata.get("tags", [])
        drawn = [o for o in cell.outputs if {FIGURE, WIDGET} & set(o.get("data", {}))]
        assert excused == bool(drawn)
        assert "NBVAL" not in cell.source


def test_it_is_small_and_holds_no_widget_state_and_no_secret(path, notebook):
    text = path.read_text()
    assert path.stat().st_size < 1_000_000
    assert "widgets" not in notebook.metadata
    for word in ("clientId", "Bearer", "eyJ0", "eyJh", "secret="):
        assert word not in text
    assert set(json.loads(text)["metadata"]) == {"kernelspec", "language_info"}


def test_it_says_and_draws_the_same_in_another_zone_and_against_the_other_reading_of_end_date(path, notebook):
    again = copy.deepcopy(notebook)
    folder = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(again, timeout=120, resources=folder, store_widget_state=False)
    client.execute(env=os.environ | ELSEWHERE)
    for stored, fresh in zip(code_cells(notebook), code_cells(again), strict=True):
        assert texts(fresh) == texts(stored)
    assert_alike([traces(f) for f in figures(again)], [traces(f) for f in figures(notebook)])


def texts(cell):
    """What a cell prints and shows as text, figures and widgets left out."""
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    shown = [output["data"] for output in cell.outputs if "data" in output]
    kinds = ("text/plain", "text/html", "text/markdown")
    return [
        printed,
        *({k: one[k] for k in kinds if k in one} for one in shown if not {FIGURE, WIDGET} & set(one)),
    ]


def traces(figure):
    """Return what a figure draws: its traces without the layout, arrays decoded."""
    return decoded(figure[FIGURE]["data"])


def decoded(part):
    if isinstance(part, Mapping):
        if "bdata" in part:
            return np.frombuffer(base64.b64decode(part["bdata"]), dtype=part["dtype"])
        return {name: decoded(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [decoded(inner) for inner in part]
    return part


def assert_alike(found, expected):
    """Compare nested traces, numbers up to what another version of a solver or of the sun may change."""
    assert type(found) is type(expected)
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name in expected:
            assert_alike(found[name], expected[name])
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_alike(one, other)
    elif isinstance(expected, np.ndarray | float):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    else:
        assert found == expected


# ---- seeded faults: what the checks above, and nbval, must catch -----------------------------------------


@pytest.fixture
def quickstart():
    (path,) = [path for path in PATHS if path.stem == "01_quickstart"]
    return nbformat.read(path, as_version=4)


def test_a_figure_without_data_is_caught(quickstart):
    before = [traces(figure) for figure in figures(quickstart)]
    emptied = figures(quickstart)[0][FIGURE]["data"]
    for trace in emptied:
        trace["x"] = trace["y"] = []
    with pytest.raises(AssertionError):
        test_its_figures_hold_data_and_stand_there_as_pictures_too(quickstart)
    with pytest.raises(AssertionError):
        assert_alike([traces(figure) for figure in figures(quickstart)], before)


def test_a_figure_without_its_picture_is_caught(quickstart):
    del figures(quickstart)[-1]["image/png"]
    with pytest.raises(AssertionError):
        test_its_figures_hold_data_and_stand_there_as_pictures_too(quickstart)


def test_a_notebook_that_lost_its_assertions_is_caught(quickstart):
    for cell in code_cells(quickstart):
        cell.source = re.sub(r"^assert .*$", "", cell.source, flags=re.MULTILINE)
    with pytest.raises(AssertionError):
        test_it_asserts_its_numbers(quickstart)


def test_a_stripped_notebook_is_caught(quickstart):
    for cell in code_cells(quickstart):
        cell.outputs, cell.execution_count = [], None
    with pytest.raises(AssertionError):
        test_it_is_stored_executed_in_order_and_without_errors(quickstart)


def test_a_changed_number_and_a_broken_cell_are_caught_by_nbval(quickstart, tmp_path):
    cells = code_cells(quickstart)
    stored = next(n for n, cell in enumerate(cells) if "get_historical" in cell.source)
    cells[stored].outputs[0]["data"]["text/plain"] = re.sub(
        r"\d{3}\.\d{3}", "123.456", cells[stored].outputs[0]["data"]["text/plain"], count=1
    )
    asserted = next(n for n, cell in enumerate(cells) if "assert" in cell.source)
    cells[asserted].source = re.sub(r"== \d+", "== 1", cells[asserted].source, count=1)
    broken = len(cells) - 1
    cells[broken].source = cells[broken].source.replace("op.split_peaks", "op.split_peeks")
    nbformat.write(quickstart, tmp_path / "faulty.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "no:cacheprovider",
        "-q",
    ]
    answer = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path / "faulty.ipynb")],
        cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert answer.returncode == pytest.ExitCode.TESTS_FAILED, answer.stdout
    failed = {
        int(number) for number in re.findall(r"^FAILED \S+::Cell (\d+)", answer.stdout, flags=re.MULTILINE)
    }
    assert failed == {stored, asserted, broken}


def test_the_notebooks_are_there():
    assert [path.stem for path in PATHS] == [
        "01_quickstart",
        "02_link_accounts",
        "03_tariff_study",
        "04_load_shapes",
        "05_is_this_meter_right",
        "06_what_if",
        "07_explorer",
    ]
