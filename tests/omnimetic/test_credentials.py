"""Where a key is looked for, and which address it may be sent to."""

import os
import tempfile
from pathlib import Path

import pytest

import omnipandas as op
from omnipandas import errors
from omnipandas.omnimetic import credentials

ELSEWHERE = "https://elsewhere.example/api"
KEY = "OMNIMETIC_CLIENT_ID=a\nOMNIMETIC_CLIENT_SECRET=b\n"
ADDRESS = f"OMNIMETIC_BASE_URL={ELSEWHERE}\n"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setattr(credentials, "_keyring", lambda name: None)
    for name in ("OMNIMETIC_CLIENT_ID", "OMNIMETIC_CLIENT_SECRET", "OMNIMETIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "environment", "arguments"),
    [
        (ADDRESS, {"OMNIMETIC_CLIENT_ID": "i", "OMNIMETIC_CLIENT_SECRET": "s"}, {}),
        (ADDRESS, {}, {"client_id": "i", "secret": "s"}),
        (KEY + ADDRESS, {}, {"client_id": "i", "secret": "s"}),
        (KEY + ADDRESS, {"OMNIMETIC_CLIENT_SECRET": "s"}, {}),
        ("OMNIMETIC_CLIENT_ID=a\n" + ADDRESS, {"OMNIMETIC_CLIENT_SECRET": "s"}, {}),
    ],
)
def test_an_address_of_a_file_is_not_used_with_another_key(folder, monkeypatch, file, environment, arguments):
    (folder / ".env").write_text(file)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.warns(errors.SettingsWarning, match="left alone"):
        client = op.connect(**arguments, cache_dir=folder)
    assert client.base_url == credentials.VENDOR_URL
    assert "left alone" in client.describe()["base_url"]


def test_key_and_address_of_one_file_go_together(folder):
    (folder / ".env").write_text(KEY + ADDRESS)
    client = op.connect(cache_dir=folder)
    assert client.base_url == ELSEWHERE
    assert client.describe()["base_url"] == ".env file, OMNIMETIC_BASE_URL"


def test_an_address_of_argument_or_environment_goes_before(folder, monkeypatch):
    (folder / ".env").write_text(KEY + ADDRESS)
    monkeypatch.setenv("OMNIMETIC_BASE_URL", "https://mine.example")
    assert op.connect(cache_dir=folder).base_url == "https://mine.example"
    assert (
        op.connect("i", "s", base_url="https://my.example", cache_dir=folder).base_url == "https://my.example"
    )


def test_a_file_above_is_read_only_where_the_project_ends(folder, monkeypatch):
    below = folder / "project" / "notebooks"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    (folder / ".env").write_text(KEY)
    with pytest.raises(errors.CredentialsError):
        op.connect(cache_dir=folder)
    (folder / "project" / ".git").mkdir()
    with pytest.raises(errors.CredentialsError):
        op.connect(cache_dir=folder)  # above the project
    (folder / "project" / ".env").write_text(KEY)
    assert op.connect(cache_dir=folder).describe()["secret"] == ".env file, OMNIMETIC_CLIENT_SECRET"


def test_nothing_is_looked_for_in_a_folder_for_everybody_or_above_the_home(folder, monkeypatch):
    home = folder / "home"
    (home / "work").mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.chdir(home / "work")
    (folder / ".git").mkdir()
    (folder / ".env").write_text(KEY)
    with pytest.raises(errors.CredentialsError):
        op.connect(cache_dir=folder)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(folder))
    monkeypatch.chdir(folder)
    with pytest.raises(errors.CredentialsError):
        op.connect(cache_dir=folder)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")
def test_a_file_of_another_user_is_left_alone(folder, monkeypatch):
    (folder / ".env").write_text(KEY)
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    with pytest.warns(errors.SettingsWarning, match="another user"), pytest.raises(errors.CredentialsError):
        op.connect(cache_dir=folder)
