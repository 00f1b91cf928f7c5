"""Run the notebooks and store their outputs as people see them on the repository's page.

    python -m tests.render_notebooks [notebook ...]

Figures get a PNG beside the plotly form, since such pages draw only the former. Nothing that changes
from run to run is kept: no widget state, no timings, no machine's paths.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"


def rendered(path: Path) -> nbformat.NotebookNode:
    """Return the notebook at `path`, freshly executed and tidied."""
    notebook = nbformat.read(path, as_version=4)
    os.environ |= {"PLOTLY_RENDERER": "plotly_mimetype+png", "TQDM_DISABLE": "1"}
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    client = NotebookClient(
        notebook, timeout=180, resources={"metadata": {"path": str(path.parent)}}, store_widget_state=False
    )
    client.execute()
    return tidied(notebook)


def tidied(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop what changes from run to run."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":  # a warning, or a browser that stumbled over a picture
                raise SystemExit(
                    f"cell {number} wrote to stderr, nothing was stored: {output['text'][-400:]}"
                )
            output.get("metadata", {}).pop("image/png", None)
    return notebook


def main(names: list[str]) -> None:
    """Render the named notebooks, or all."""
    for path in [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
        nbformat.write(rendered(path), path)
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")  # noqa: T201  # a command's answer


if __name__ == "__main__":
    main(sys.argv[1:])
