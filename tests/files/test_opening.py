import gzip
import io
import zipfile
import zlib

import pandas as pd
import pytest

import omnipandas as op
from omnipandas.files import opening

TEXT = "timestamp,kwh\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n"
ZONE = {"timezone": "America/New_York"}


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("usage.csv", TEXT.encode()),
        ("usage.txt", TEXT.encode("utf-16")),
        ("usage.csv", TEXT.encode("utf-8-sig")),
        ("usage.tsv", TEXT.replace(",", "\t").encode("cp1252")),
        ("usage.csv.gz", gzip.compress(TEXT.encode(), mtime=0)),
        ("usage.zip", zipped(usage_csv=TEXT)),
        ("usage.zip.gz", gzip.compress(zipped(usage_csv=TEXT), mtime=0)),
    ],
)
def test_a_file_is_opened_whatever_it_is_packed_in(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    for source in (path, str(path), content, io.BytesIO(content)):
        assert op.read_intervals(source, **ZONE)["total_kwh"].tolist() == [1.0, 2.0]


def test_open_files_frames_and_series_are_read():
    whole = op.read_intervals(io.StringIO(TEXT), **ZONE)
    frame = pd.read_csv(io.StringIO(TEXT), index_col="timestamp", parse_dates=True)
    for source in (frame, frame["kwh"], frame.reset_index()):
        before = source.copy()
        pd.testing.assert_frame_equal(op.read_intervals(source, **ZONE), whole)
        assert source.equals(before)


def test_of_several_files_the_later_has_the_last_word():
    later = io.StringIO("timestamp,kwh\n2024-01-01 01:00,7\n2024-01-01 02:00,3\n")
    files = [io.StringIO(TEXT), later]
    frame = op.read_intervals(files, doubles="last", **ZONE)
    assert frame["total_kwh"].tolist() == [1.0, 7.0, 3.0]
    first = op.read_intervals(frame.reset_index(), timezone="America/New_York", doubles="first")
    assert len(first) == 3


@pytest.mark.parametrize(
    ("source", "error", "says"),
    [
        (
            zipped(a_csv=TEXT, b_csv=TEXT),
            op.errors.SchemaError,
            "a zip of 2 files: name one: 'a.csv', 'b.csv'",
        ),
        (zipped(), op.errors.SchemaError, "zip without a file"),
        (zipped(usage_csv=TEXT)[:-30], op.errors.SchemaError, "cannot be unpacked"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-20], op.errors.SchemaError, "cannot be unpacked"),
        (b"", op.errors.SchemaError, "no CSV"),
        (b"\n\n", op.errors.SchemaError, "no CSV"),
        (bytes(range(256)) * 8, op.errors.SchemaError, "no text"),
        ("nowhere/usage.csv", op.errors.ArgumentError, "no file"),
        (".", op.errors.ArgumentError, "a folder"),
        ("a\0b", op.errors.ArgumentError, "cannot be opened"),
        ([], op.errors.ArgumentError, "empty list"),
        (None, op.errors.ArgumentError, "a source is"),
        (pd.Series([1.0, 2.0]), op.errors.SchemaError, "DatetimeIndex"),
        (pd.DataFrame({"a": ["x"]}), op.errors.SchemaError, "no column of stamps"),
    ],
)
def test_what_is_no_file_says_what_it_is(source, error, says):
    with pytest.raises(error, match=says):
        op.read_intervals(source, **ZONE)


def test_what_grows_too_far_is_refused_before_it_has(monkeypatch):
    bomb = b"0" * (opening._SMALL * 2)  # a run of one byte packs to less than a thousandth
    assert len(zlib.compress(bomb)) * opening._GROWTH < len(bomb)
    for packed in (gzip.compress(bomb, mtime=0), zipped(usage_csv=bomb.decode())):
        with pytest.raises(op.errors.SchemaError, match="too large"):
            op.read_intervals(packed, **ZONE)
    monkeypatch.setattr(opening, "LARGEST", 100)
    with pytest.raises(op.errors.SchemaError, match="larger than"):
        op.read_intervals(io.BytesIO(b"x" * 200), **ZONE)
    many = TEXT.encode()
    for _ in range(5):
        many = gzip.compress(many, mtime=0)
    monkeypatch.undo()
    with pytest.raises(op.errors.SchemaError, match="packed more than"):
        op.read_intervals(many, **ZONE)
