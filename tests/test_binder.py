"""Binder builds what the repository says: repo2docker's own reading of binder/, and its lock."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"
LOCK = BINDER / "requirements.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def dockerfile(folder):
    """Return repo2docker's answer: what it would build, without Docker."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "repo2docker", "--no-build", "--debug", "."],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def checkout(tmp_path):
    """A folder with what repo2docker looks at: binder/ and, at the root, what it must ignore."""
    shutil.copytree(BINDER, tmp_path / "binder")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_repo2docker_reads_python_lock_and_post_build(checkout):
    answer = dockerfile(checkout)
    said = answer.stdout + answer.stderr
    assert answer.returncode == 0, said
    assert "python=3.12" in said
    # The checkout is itself in the lock, so it must be there before pip is called.
    places = [
        said.index(part) for part in ("COPY --chown=0:0 src/", "binder/requirements.txt", "binder/postBuild")
    ]
    assert places == sorted(places)


def test_a_runtime_in_another_form_would_be_seen(checkout):
    (checkout / "binder" / "runtime.txt").write_text("3.12\n")  # passed over in silence by repo2docker
    said = dockerfile(checkout).stderr
    assert "python=3.12" not in said


def pins():
    lines = [line for line in LOCK.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert lines[0] == "-e ."
    pairs = [re.fullmatch(r"([a-z0-9-]+)==(\S+)", line) for line in lines[1:]]
    assert all(pairs), lines
    return {pair[1]: Version(pair[2]) for pair in pairs}


def wanted(extra):
    """Return the requirements of an extra and of the package, those of extras within it included."""
    found = [Requirement(text) for text in PROJECT["dependencies"]]
    for requirement in map(Requirement, PROJECT["optional-dependencies"][extra]):
        if requirement.name == "omnipandas":
            found += [one for inner in requirement.extras for one in wanted(inner)]
        else:
            found.append(requirement)
    return found


def test_the_lock_pins_all_that_the_lab_extra_asks_for():
    locked = pins()
    for requirement in wanted("lab"):
        assert locked[requirement.name.lower()] in requirement.specifier, requirement
    assert locked["ipykernel"] >= Version("7.4")  # Binder's own, 7.0, cannot await in a cell


def test_the_lock_is_for_the_python_that_binder_gets_and_contributing_says_how_to_make_it():
    runtime = (BINDER / "runtime.txt").read_text().strip()
    assert runtime == "python-3.12"
    command = re.search(r"^#\s+(uv pip compile .*)$", LOCK.read_text(), flags=re.MULTILINE)[1]
    assert f"--python-version {runtime.removeprefix('python-')} " in command
    assert command in (ROOT / "CONTRIBUTING.md").read_text()
    (asked,) = [line for line in (BINDER / "requirements.in").read_text().splitlines() if line[0] != "#"]
    assert asked == "-e .[lab]"


def test_post_build_can_run():
    post_build = BINDER / "postBuild"
    assert os.access(post_build, os.X_OK)
    assert subprocess.run(["bash", "-n", post_build], check=False).returncode == 0


def test_the_badge_opens_the_quickstart_in_lab():
    (address,) = re.findall(r"https://mybinder\.org/v2/gh/(\S+?)\)", (ROOT / "README.md").read_text())
    repository, _, opened = address.partition("?urlpath=lab/tree/")
    assert repository == "omnimetic/omnipandas/main"
    assert (ROOT / opened).name == "01_quickstart.ipynb"
    assert (ROOT / opened).exists()
