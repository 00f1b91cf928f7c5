"""What a visitor of Binder does: JupyterLab opens on the quickstart, and all its cells are run."""

from pathlib import Path

import nbformat

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "01_quickstart.ipynb"


def test_the_quickstart_runs_and_draws_its_figures_without_the_network(notebook):
    cells = [cell.source for cell in nbformat.read(QUICKSTART, 4).cells if cell.cell_type == "code"]
    tab = notebook(*cells)
    tab.run_all()
    tab.page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= 3")
    drawn = tab.page.locator(".js-plotly-plot")
    assert drawn.count() == sum(cell.startswith("op.plot") or "\nop.plot" in cell for cell in cells)
    # Marks, not only axes: the lines and bars that a trace is made of.
    marks = ".scatterlayer .js-line, .barlayer .point"
    assert all(drawn.nth(n).locator(marks).count() > 0 for n in range(drawn.count()))
    assert not tab.errors
    assert not tab.refused
