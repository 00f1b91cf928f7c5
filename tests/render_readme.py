"""Make the README's table, its picture, its lists of frames and notebooks out of what they show.

python -m tests.render_readme
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import re
from pathlib import Path

import plotly.graph_objects as go

from omnipandas import schema

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "notebooks" / "pictures" / "load_profile.svg"


def first_code(text: str) -> str:
    """Return the README's first block of Python."""
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)[0]


def run(code: str) -> tuple[str, go.Figure]:
    """Run code as a notebook cell does; return what it prints and the value of its last line."""
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value)
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "README.md", "exec"), names)
        figure = eval(compile(last, "README.md", "eval"), names)
    names["client"].close()
    return printed.getvalue(), figure


def digest(figure: go.Figure) -> str:
    """Return a fingerprint of the data that a figure draws."""
    traces = [trace.to_plotly_json() for trace in figure.data]
    shown = [{k: (v.tolist() if hasattr(v, "tolist") else v) for k, v in trace.items()} for trace in traces]
    numbers = json.dumps(shown, sort_keys=True, default=_rounded)
    return hashlib.sha256(numbers.encode()).hexdigest()[:16]


def _rounded(value: object) -> object:
    return str(value)


def frames_table() -> str:
    """Return every table of the schema with its columns, units and meanings, as Markdown."""
    tables = [value for value in vars(schema).values() if isinstance(value, schema.Table)]
    return "\n".join(_table(table) for table in tables)


def _table(table: schema.Table) -> str:
    rows = [
        f"| `{column.name}`{role} | {column.dtype} | {column.unit} | {column.meaning} |"
        for role, columns in (
            (" (index)", [table.index]),
            ("", table.columns),
            (" (optional)", table.optional),
        )
        for column in columns
    ]
    head = [
        f"**{table.name}**: {table.meaning}",
        "",
        "| Column | dtype | Unit | Meaning |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])


def notebooks_list() -> str:
    """Return every notebook's question as a link to it, as Markdown."""
    titles = {path.name: _title(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    return "\n".join(f"- [{title}](notebooks/{name})" for name, title in titles.items())


def _title(path: Path) -> str:
    first = json.loads(path.read_text("utf-8"))["cells"][0]["source"]
    return "".join(first).splitlines()[0].removeprefix("# ")


def with_section(text: str, name: str, content: str) -> str:
    """Return the text with the part between its markers replaced."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    return re.sub(pattern, lambda match: f"{match[1]}{content}{match[2]}", text, flags=re.DOTALL)


def main() -> None:
    """Write them all."""
    text = README.read_text()
    printed, figure = run(first_code(text))
    text = with_section(text, "printed", f"```\n{printed}```\n")
    text = with_section(text, "frames", f"\n{frames_table()}\n")
    text = with_section(text, "notebooks", f"{notebooks_list()}\n")
    README.write_text(text)
    if PICTURE.exists() and digest(figure) in PICTURE.read_text():
        return  # the same picture: its bytes change with each rendering
    PICTURE.parent.mkdir(exist_ok=True)
    svg = figure.to_image("svg", width=760, height=380).decode()
    PICTURE.write_text(svg.replace("<svg ", f'<svg data-figure="{digest(figure)}" ', 1) + "\n")


if __name__ == "__main__":
    main()
