"""No secret, token or signed address in anything that is shown, logged, raised or written: by its bytes."""

import logging
import traceback

import pytest

import omnipandas as op
from omnipandas import errors
from tests.vendor import CLIENT_ID, PREMISE, SECRET, Vendor, answer

SIGNATURE = "5ignature-0f-a-st0rage-addre55"


@pytest.fixture
def elsewhere():
    other = Vendor()
    yield other
    other.close()


def forbidden(vendor):
    """Every secret of a test so far, whole and in the parts that would do harm."""
    parts = [part for token in vendor.tokens for part in (token, *token.split("."))]
    return [SECRET, CLIENT_ID, SIGNATURE, *(part for part in parts if len(part) > 8)]


def leaks(text, vendor):
    return [word for word in forbidden(vendor) if word in text]


def chain(error):
    """All that hangs on an exception: causes, contexts, arguments, attributes."""
    seen = []
    todo = [error]
    while todo:
        current = todo.pop()
        if current is None or current in seen:
            continue
        seen.append(current)
        todo += [current.__cause__, current.__context__]
        todo += [value for value in vars(current).values() if isinstance(value, BaseException)]
    return seen


def redirect_to(target):
    return lambda r: answer({}, 302, Location=target) if "interval" in r.path else None


def scenarios(vendor, elsewhere):
    signed = f"{elsewhere.url}/store?X-Signature={SIGNATURE}"
    gone = Vendor()
    dead = f"{gone.url}/store?X-Signature={SIGNATURE}"
    gone.close()
    return {
        "bad request": [lambda r: answer({"message": SECRET}, 400) if "interval" in r.path else None],
        "refused token": [lambda r: answer({}, 401) if r.method == "GET" else None],
        "refused key": [lambda r: answer({"secret": SECRET}, 401) if r.method == "POST" else None],
        "server error": [lambda r: answer({}, 500) if "interval" in r.path else None],
        "wrong payload": [lambda r: answer({"token": SECRET}) if "interval" in r.path else None],
        "signed address fails": [redirect_to(signed)],
        "signed address dead": [redirect_to(dead)],
        "signed address plain": [redirect_to(f"http://storage.example.com/x?sig={SIGNATURE}")],
        "signed address odd": [redirect_to(f"gopher://storage.example.com/x?sig={SIGNATURE}")],
        "signed address broken": [redirect_to(f"http://[::1/x?sig={SIGNATURE}")],
        "redirect loop": [redirect_to(f"{vendor.url}/accounts/interval?sig={SIGNATURE}")],
        "wrong token form": [lambda r: answer({"id": SECRET}) if r.method == "POST" else None],
        "redirected key": [lambda r: answer({}, 307, Location=signed) if r.method == "POST" else None],
    }


NAMES = [
    "bad request", "refused token", "refused key", "server error", "wrong payload", "signed address fails",
    "signed address dead", "signed address plain", "signed address odd", "signed address broken",
    "redirect loop", "wrong token form", "redirected key",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_failure_shows_a_secret(connect, vendor, elsewhere, caplog, name):
    caplog.set_level(logging.DEBUG)
    elsewhere.rules.append(lambda _: answer({}, 404))
    cases = scenarios(vendor, elsewhere)
    assert list(cases) == NAMES
    client = connect(retry=op.RetryPolicy(attempts=2))
    vendor.rules += cases[name]
    with pytest.raises(errors.OmnipandasError) as caught:
        op.get_intervals(client, PREMISE, "2023-01-01", "2023-03-01")
    for error in chain(caught.value):
        shown = f"{error!r} {error!s} {error.args!r} {''.join(traceback.format_exception(error))}"
        assert leaks(shown, vendor) == []
    assert leaks(caplog.text, vendor) == []
    assert "/access-token" in caplog.text  # urllib3 did log at DEBUG


def test_no_success_shows_a_secret(client, vendor, elsewhere, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    elsewhere.rules.append(lambda _: answer(vendor.hours(PREMISE, "2023-01-01", "2023-01-03")))
    vendor.rules.append(redirect_to(f"{elsewhere.url}/store?X-Signature={SIGNATURE}"))
    frame = op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-03")
    assert len(frame) > 0
    shown = f"{client!r} {client.cache!r} {client.describe()} {frame.attrs} {frame!r} {vars(client)!r}"
    assert leaks(shown, vendor) == []
    assert leaks(caplog.text, vendor) == []
    assert "?..." in caplog.text
    printed = capfd.readouterr()
    assert leaks(printed.out + printed.err, vendor) == []


def test_logs_of_others_keep_their_queries(caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3.connectionpool").debug("GET %s", "/else?page=2")
    assert "/else?page=2" in caplog.text


def test_no_file_beside_the_cache_holds_a_secret(client, vendor, elsewhere):
    elsewhere.rules.append(lambda _: answer(vendor.hours(PREMISE, "2023-01-01", "2023-01-03")))
    op.get_service_accounts(client, PREMISE)
    op.get_historical(client, PREMISE, 2022)
    op.remember_accounts(client, PREMISE)
    vendor.rules.append(redirect_to(f"{elsewhere.url}/store?X-Signature={SIGNATURE}"))
    op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-03")
    folder = client.cache.path.parent
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    client.close()
    files |= {f"{path.name} closed": path.read_bytes() for path in folder.iterdir()}
    assert any(PREMISE.encode() in content for content in files.values())
    for name, content in files.items():
        for word in (*forbidden(vendor), "Authorization", "authorization", "Bearer", vendor.url):
            assert word.encode() not in content, (name, word)
            assert word not in name


def test_a_token_is_sent_in_no_address(client, vendor):
    op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-03")
    for request in vendor.requests:
        assert leaks(request.path + str(request.query), vendor) == []
        assert request.method == "POST" or SECRET.encode() not in request.body


def test_no_module_or_class_keeps_a_secret(client, vendor):
    op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-03")
    for module in [m for name, m in __import__("sys").modules.items() if name.startswith("omnipandas")]:
        for value in vars(module).values():
            if isinstance(value, (str, list, dict, tuple, set)):
                assert leaks(repr(value), vendor) == []
