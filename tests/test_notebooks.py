"""Rules that every notebook keeps. That its numbers are right is the notebook's own part, under nbval.

nbval compares stored text; it passes a stripped notebook, a changed figure and a missing assertion, so
those are demanded here.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OPENING = [
    "import omnipandas as op",
    "",
    'client = op.demo(today="2026-11-01")  # with a key of your own: op.connect()',
    "ids = op.linked_accounts(client)",
]
FIGURE = "application/vnd.plotly.v1+json"


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
        drawn = [
            o
            for o in cell.outputs
            if {FIGURE, "application/vnd.jupyter.widget-view+json"} & set(o.get("data", {}))
        ]
        assert excused == bool(drawn)
        assert "NBVAL" not in cell.source


def test_it_is_small_and_holds_no_widget_state_and_no_secret(path, notebook):
    text = path.read_text()
    assert path.stat().st_size < 1_000_000
    assert "widgets" not in notebook.metadata
    for word in ("clientId", "Bearer", "eyJ0", "eyJh", "secret="):
        assert word not in text
    assert set(json.loads(text)["metadata"]) == {"kernelspec", "language_info"}


def test_the_quickstart_is_there():
    assert "01_quickstart" in [path.stem for path in PATHS]
