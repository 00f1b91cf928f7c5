"""The README says what is so: its table, picture, frames, notebooks and commands."""

import re

import pytest

from tests import render_readme
from tests.render_readme import PICTURE, README, ROOT, first_code, frames_table, notebooks_list


@pytest.fixture(scope="module")
def text():
    return README.read_text()


@pytest.fixture(scope="module")
def result(text):
    return render_readme.run(first_code(text))


def section(text, name):
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, flags=re.DOTALL)[1]


def test_the_printed_table_is_what_the_code_prints(text, result):
    assert section(text, "printed") == f"```\n{result[0]}```\n"


def test_the_picture_is_what_the_code_draws(result):
    assert f'data-figure="{render_readme.digest(result[1])}"' in PICTURE.read_text()[:400]


def test_the_code_is_short(text):
    assert len([line for line in first_code(text).splitlines() if line.strip()]) == 8


def test_the_frames_are_those_of_the_schema(text):
    assert section(text, "frames").strip() == frames_table().strip()


def test_every_notebook_is_listed_by_its_question(text):
    assert section(text, "notebooks").strip() == notebooks_list()


def test_the_comparison_names_what_others_do_better_and_what_is_lacking_here(text):
    table = text.split("## Beside other tools")[1].split("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("|")][2:]
    assert rows[0][0].strip() == "**omnipandas**"
    assert len(rows) >= 6
    assert all(len(cell.strip()) > 20 for row in rows for cell in row[1:])


def test_all_that_it_links_to_is_there(text):
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target
    for name in re.findall(r"`(notebooks/[^`]+)`", text):
        assert (ROOT / name).exists(), name


def test_the_first_screen_has_sentence_badge_code_table_picture_and_two_commands(text):
    order = [
        "# omnipandas",
        "mybinder.org",
        "```python",
        "<!-- printed -->",
        "![Mean load",
        "jupyter lab",
        "-m pytest",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    assert text[: places[-1]].count("\n") < 45


def test_every_public_name_that_it_uses_exists(text):
    import omnipandas as op

    for name in set(re.findall(r"\bop\.(\w+)", text)):
        assert hasattr(op, name), name
