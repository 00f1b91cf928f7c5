"""What is released works: wheel and sdist hold all their files, install alone, and run the quickstart.

Here each is installed into an environment that finds its dependencies beside this one's, to be quick and
offline; `.ci/run` installs both into environments that are empty.
"""

import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
QUICKSTART = ROOT / "notebooks" / "01_quickstart.ipynb"
CHECK = ROOT / "tests" / "release_check.py"


def run(*command, cwd):
    # Without this checkout on the path: only what was installed may be found.
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    answer = subprocess.run(
        command, cwd=cwd, env=environment,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with wheel and sdist, the wheel made out of the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    return folder


@pytest.fixture(params=["*.whl", "*.tar.gz"], ids=["wheel", "sdist"])
def installed(request, built, tmp_path):
    """A Python that has what was built, and its dependencies from this one, but not this omnipandas."""
    (archive,) = built.glob(request.param)
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    site = sysconfig.get_path("purelib", "venv", {"base": str(tmp_path / "venv")})
    # A path file is not read in turn for the path files of the folder that it names, so neither an
    # editable install nor a finder of this environment comes along.
    Path(site, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed"]
    run(sys.executable, "-m", "pip", "--python", str(python), "install", *options, str(archive), cwd=tmp_path)
    return python


def test_the_quickstart_runs_from_what_was_built(installed, tmp_path):
    printed = run(str(installed), "-P", str(CHECK), str(QUICKSTART), cwd=tmp_path)
    assert f"from {tmp_path / 'venv'}" in printed.splitlines()[0]
    assert "In 2025 this household used" in printed


def package_files(folder):
    return {
        str(path.relative_to(folder)) for path in (folder / "omnipandas").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == package_files(ROOT)
    assert {Path(name).suffix for name in names} >= {".py", ".pyi", ".typed", ".js", ".json"}


def test_the_sdist_holds_package_notebooks_tests_and_documents(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert package_files(ROOT) <= names
    assert {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")} <= names
    assert {
        "CHANGELOG.md",
        "CITATION.cff",
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "tests/conftest.py",
    } <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".env")]


def test_citation_changelog_and_package_tell_the_same_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert str(citation["version"]) == project["version"]
    assert citation["license"] == project["license"]
    assert citation["authors"] == project["authors"]
    assert {"cff-version", "message", "title"} <= set(citation)
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text()
