"""The house: where a module stands, what it may import, how long it may be, where its tests are."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import omnipandas as op

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "omnipandas"
WINGS = ["files", "intervals", "omnimetic", "plot", "tariffs", "usage", "widgets"]

# Tests of a wing that no one module answers for: all its studies, or a reference from outside.
ACROSS = {
    "tests/files/test_cases.py",
    "tests/tariffs/test_against_pysam.py",
    "tests/tariffs/test_properties.py",
    "tests/tariffs/test_published.py",
    "tests/tariffs/test_reference.py",
    "tests/usage/test_bad_input.py",
    "tests/usage/test_energy.py",
    "tests/usage/test_skipped_days.py",
    "tests/usage/test_portfolio.py",
    "tests/usage/test_sandbox_dirt.py",
}

LONG = 300  # lines of a module
LONG_MODULES = 18  # those that are longer: may fall, and must not rise; 12 is the aim
BODY = 40  # lines of a function, without its docstring, comments and blank lines


# ---- what is there ----------------------------------------------------------------------------------


def modules(root: Path = HOUSE) -> list[Path]:
    """Return every module's file."""
    found = sorted(root.rglob("*.py"))
    assert len(found) > 100  # the house, not a folder that has moved away
    return found


def named() -> list[Path]:
    """Return the files of modules that bear a name of their own; the sandbox has its own words."""
    sandbox = HOUSE / "sandbox"
    return [path for path in modules() if not path.stem.startswith("__") and sandbox not in path.parents]


def rooms(wing: str) -> set[str]:
    """Return the leaf names of a wing's modules and packages."""
    below = HOUSE / wing
    return {path.parent.name if path.name == "__init__.py" else path.stem for path in below.rglob("*.py")}


def imports(path: Path, root: Path = HOUSE) -> Iterator[str]:
    """Yield what a module imports, anywhere in it, as names from the root: `omnipandas.sandbox`."""
    package = ("omnipandas", *path.relative_to(root).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            whence = ".".join((*start, *filter(None, [node.module])))
            yield from (f"{whence}.{alias.name}" for alias in node.names)


def importers(target: str, root: Path = HOUSE) -> set[str]:
    """Return the modules outside it that import `target` or what is in it."""
    own = root.joinpath(*target.split(".")[1:])
    return {
        str(path.relative_to(root))
        for path in modules(root)
        if own not in path.parents
        and any(name == target or name.startswith(f"{target}.") for name in imports(path, root))
    }


def studies() -> Iterator[tuple[str, Path, Path]]:
    """Yield each study that has a plot of its name, its module's file and the plot's."""
    for name in dir(op.plot):
        study, plot = getattr(op, name, None), getattr(op.plot, name)
        if inspect.isfunction(plot) and inspect.isfunction(study):
            yield name, Path(inspect.getfile(study)), Path(inspect.getfile(plot))


STUDIES = {name: (study, plot) for name, study, plot in studies()}


# ---- layers -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contracts() -> list[dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def test_the_layers_are_exhaustive_and_few(contracts):
    (layers,) = (c for c in contracts if c["type"] == "layers" and c["containers"] == ["omnipandas"])
    assert layers["exhaustive"] is True
    assert "exhaustive_ignores" not in layers
    assert len(layers["layers"]) <= 8


def test_the_sandbox_has_one_door(contracts):
    (contract,) = (c for c in contracts if c.get("protected_modules") == ["omnipandas.sandbox"])
    assert (contract["type"], contract["as_packages"]) == ("protected", True)
    assert contract["allowed_importers"] == ["omnipandas.demo_client"]
    assert importers("omnipandas.sandbox") == {"demo_client.py"}


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the package to plant wrong imports in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return Path(shutil.copytree(HOUSE, tmp_path / "omnipandas"))


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("schema.py", "from . import sandbox"),
        ("files/tables.py", "from .. import sandbox"),
        ("files/__init__.py", "from omnipandas import sandbox as box"),
        ("usage/quality/checks.py", "from ...sandbox.world import World"),
        ("reports.py", "def late():\n    import omnipandas.sandbox.app"),
    ],
)
def test_another_door_to_the_sandbox_is_found_however_it_is_spelt(copy, where, line):
    with (copy / where).open("a") as module:
        module.write(f"\n{line}\n")
    assert importers("omnipandas.sandbox", copy) == {"demo_client.py", where}
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    done = subprocess.run(command, cwd=copy.parent, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    wrong = ".".join(["omnipandas", *Path(where).with_suffix("").parts]).removesuffix(".__init__")
    assert f"{wrong} -> omnipandas.sandbox" in done.stdout


def test_the_ground_stands_on_errors_and_schema_alone():
    for path in (HOUSE / "intervals").glob("*.py"):
        ours = {name.split(".")[1] for name in imports(path) if name.startswith("omnipandas.")}
        assert ours <= {"intervals", "errors", "schema"}, path


def test_the_facade_is_for_views_alone_whose_own_text_is_shown():
    assert _facade(HOUSE) == {"widgets/explorer/views.py"}


@pytest.mark.parametrize(
    "line", ["import omnipandas as op", "from omnipandas import load_profile", "from .. import load_profile"]
)
def test_an_import_of_the_facade_is_found_however_it_is_spelt(copy, line):
    with (copy / "usage" / "peaks.py").open("a") as module:
        module.write(f"\n{line}\n")
    assert _facade(copy) == {"widgets/explorer/views.py", "usage/peaks.py"}


def _facade(root: Path) -> set[str]:
    """Return the modules that import the package itself, or a name that only its facade has."""
    top = {"omnipandas", "omnipandas.*", *(f"omnipandas.{name}" for name in op.__all__ if not _is_room(name))}
    return {str(path.relative_to(root)) for path in modules(root) if top & set(imports(path, root))}


def _is_room(name: str) -> bool:
    return (HOUSE / name).is_dir() or (HOUSE / f"{name}.py").is_file()


# ---- names ------------------------------------------------------------------------------------------


def test_the_front_door_has_at_most_sixteen_entries():
    entries = [path.name for path in HOUSE.iterdir() if not path.name.startswith("__")]
    assert len(entries) <= 16, sorted(entries)


def test_no_two_modules_bear_one_name_but_a_study_and_its_picture():
    places = defaultdict(set)
    for path in named():
        places[path.stem].add(path.relative_to(HOUSE).parts[0])
    assert len(places) > 50
    for name, wings in places.items():
        assert len([path for path in named() if path.stem == name]) == len(wings), name
        assert len(wings) == 1 or wings in ({"plot", "usage"}, {"plot", "tariffs"}), name


def test_no_module_bears_the_name_of_a_public_function():
    functions = {name for name in op.__all__ if callable(getattr(op, name))}
    assert {path.stem for path in modules()} & functions == set()


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_its_picture_and_their_tests_bear_one_noun(name):
    study, plot = STUDIES[name]
    noun = plot.stem
    assert noun in (study.stem, study.parent.name)
    wing = study.relative_to(HOUSE).parts[0]
    for folder, call in ((wing, rf"op\.{name}\b"), ("plot", rf'op\.plot\.{name}\b|"{name}":')):
        tests = ROOT / "tests" / folder / f"test_{noun}.py"
        assert tests.is_file(), tests
        assert re.search(call, tests.read_text()), f"{tests} does not test {name}"


@pytest.mark.parametrize("wing", WINGS)
def test_a_wings_tests_name_its_modules(wing):
    tests = sorted((ROOT / "tests" / wing).glob("test_*.py"))
    assert tests
    for path in tests:
        name = str(path.relative_to(ROOT))
        assert (path.stem.removeprefix("test_") in rooms(wing)) != (name in ACROSS), (
            f"{name}: call it after a module of {wing}/, or add it to (take it from) ACROSS."
        )


def test_tests_across_modules_are_few_and_there():
    assert len(ACROSS) <= 12
    assert [name for name in sorted(ACROSS) if not (ROOT / name).is_file()] == []


def test_every_place_that_contributing_names_is_there():
    house = (ROOT / "CONTRIBUTING.md").read_text().split("## The house")[1].split("## Rules")[0]
    places = re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:/|\.pyi?|/\w+\.pyi?))`", house)
    assert len(places) > 40
    assert [place for place in places if not ((ROOT / place).exists() or (HOUSE / place).exists())] == []


# ---- sizes ------------------------------------------------------------------------------------------


def test_few_modules_are_long():
    lengths = {str(path.relative_to(HOUSE)): len(path.read_text().splitlines()) for path in modules()}
    long = {name: lines for name, lines in lengths.items() if lines > LONG}
    assert len(long) <= LONG_MODULES, long


def test_no_function_is_long():
    long = {
        f"{path.relative_to(HOUSE)}: {name}": lines
        for path in modules()
        for name, lines in _bodies(path)
        if lines > BODY
    }
    assert long == {}


def _bodies(path: Path) -> Iterator[tuple[str, int]]:
    text = path.read_text()
    lines = [line.strip() for line in text.splitlines()]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            first, last = (body[0].lineno, body[-1].end_lineno) if body else (1, 0)
            yield node.name, sum(1 for line in lines[first - 1 : last] if line and not line.startswith("#"))
