"""The settings of connect: written once, found by whoever reads its signature."""

import dataclasses
import inspect
import typing

import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError
from omnipandas.omnimetic.settings import Settings


def test_connect_takes_every_setting_by_its_name_type_and_default():
    signature = inspect.signature(op.connect)
    fields = dataclasses.fields(Settings)
    assert list(signature.parameters) == [field.name for field in fields]
    for field in fields:
        assert signature.parameters[field.name].default == field.default
    assert signature.return_annotation is op.Client
    assert typing.get_type_hints(op.connect)["deadline"] is float


def test_demo_shares_the_defaults():
    ours, theirs = (inspect.signature(make).parameters for make in (op.demo, op.connect))
    for name in ("clock", "timezone", "max_workers"):
        assert ours[name].default == theirs[name].default


def test_a_word_that_is_no_setting_is_refused():
    with pytest.raises(TypeError, match="time_out"):
        op.connect("an id", "a secret", time_out=3)


@pytest.mark.parametrize(
    "wrong", [{"clock": "local"}, {"timezone": "Mars/Base"}, {"max_workers": 0}, {"max_workers": True}]
)
@pytest.mark.parametrize("make", [op.connect, op.demo])
def test_what_cannot_be_right_is_refused_by_connect_and_demo_alike(make, wrong):
    with pytest.raises(ArgumentError):
        make(**wrong)


def test_settings_do_not_show_the_key():
    assert "hush" not in repr(Settings("hush-id", "hush-secret"))
