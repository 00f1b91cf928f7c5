"""connect(), the token's life, repeats, redirects and timeouts, against a scripted vendor."""

import json
import pickle
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import omnipandas as op
from omnipandas import errors
from tests.vendor import ACCOUNT, CLIENT_ID, OTHER, PREMISE, SECRET, Answer, Vendor, answer, jwt


def info(client, premise=PREMISE):
    return client.get(premise, "info", {}, subject="service account")


def failing(status, times=None, **headers):
    """A rule that answers data requests with a status, some times or for ever."""
    served = []

    def rule(request):
        if request.method == "GET" and (times is None or len(served) < times):
            served.append(request)
            return answer({"message": "no"}, status, **headers)
        return None

    return rule


# ---- the key -------------------------------------------------------------------------------------


@pytest.fixture
def no_keyring(monkeypatch):
    keyring = pytest.importorskip("keyring")
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize(
    ("client_id", "secret", "named"),
    [
        (None, None, "no OMNIMETIC_CLIENT_ID and no"),
        ("id", None, "no OMNIMETIC_CLIENT_SECRET"),
        (None, "s", "no OMNIMETIC_CLIENT_ID"),
    ],
)
def test_a_missing_key_is_named(client_id, secret, named):
    with pytest.raises(errors.CredentialsError, match=named) as caught:
        op.connect(client_id, secret)
    assert isinstance(caught.value, ValueError)
    assert "op.demo()" in str(caught.value)


@pytest.mark.parametrize("blank", ["", "   ", 7, b"id"])
def test_a_blank_argument_is_no_key(blank):
    with pytest.raises(errors.CredentialsError, match="client_id"):
        op.connect(blank, "secret")


def test_arguments_go_before_environment_before_dotenv_before_keyring(monkeypatch, tmp_path):
    keyring = pytest.importorskip("keyring")
    monkeypatch.setattr(keyring, "get_password", lambda service, name: f"from-{service}-{name}")
    assert op.connect().describe() == {
        "client_id": "keyring, service omnipandas, OMNIMETIC_CLIENT_ID",
        "secret": "keyring, service omnipandas, OMNIMETIC_CLIENT_SECRET",
        "base_url": "the vendor's default",
    }
    (tmp_path / "below").mkdir()
    (tmp_path / "pyproject.toml").touch()  # which makes it the project of the folder below
    (tmp_path / ".env").write_text(
        "OMNIMETIC_CLIENT_ID=a\nOMNIMETIC_CLIENT_SECRET=b\nOMNIMETIC_BASE_URL=https://c.example/api/\n"
    )
    monkeypatch.chdir(tmp_path / "below")
    client = op.connect()
    assert client.describe()["secret"] == ".env file, OMNIMETIC_CLIENT_SECRET"
    assert client.base_url == "https://c.example/api"
    monkeypatch.setenv("OMNIMETIC_CLIENT_SECRET", "d")
    with pytest.warns(errors.SettingsWarning, match="OMNIMETIC_BASE_URL"):
        client = op.connect()
    assert client.describe()["secret"] == "environment variable OMNIMETIC_CLIENT_SECRET"
    with pytest.warns(errors.SettingsWarning, match="OMNIMETIC_BASE_URL"):
        described = op.connect(secret="e").describe()
    assert described["secret"] == "argument"
    assert described["client_id"] == ".env file, OMNIMETIC_CLIENT_ID"


def test_a_keyring_without_a_backend_is_no_keyring(monkeypatch):
    keyring = pytest.importorskip("keyring")

    def fail(*_):
        raise keyring.errors.NoKeyringError

    monkeypatch.setattr(keyring, "get_password", fail)
    with pytest.raises(errors.CredentialsError):
        op.connect()


@pytest.mark.parametrize(
    "url",
    [
        "http://app.omnimetic.com/api",
        "http://127.0.0.1.example.com/api",
        "http://192.168.1.5/api",
        "ftp://app.omnimetic.com",
        "app.omnimetic.com/api",
        "https://user:pass@app.omnimetic.com/api",
        "https://app.omnimetic.com/api?key=1",
        "https://",
    ],
)
def test_an_unsafe_address_is_refused_before_anything_is_sent(url):
    with pytest.raises(errors.ArgumentError, match="base_url") as caught:
        op.connect("id", "secret", base_url=url)
    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:8000/api", "http://[::1]:8000", "https://api.omnimetic.com"]
)
def test_https_and_loopback_are_addresses(url, tmp_path):
    assert op.connect("id", "secret", base_url=url, cache_dir=tmp_path).base_url == url


@pytest.mark.parametrize(
    "options", [{"clock": "local"}, {"timezone": "Mars/Base"}, {"max_workers": 0}, {"max_workers": 2.5}]
)
def test_a_wrong_option_is_refused(options):
    with pytest.raises(errors.ArgumentError, match=next(iter(options)).replace("timezone", "time zone")):
        op.connect("id", "secret", **options)


# ---- the token -----------------------------------------------------------------------------------


def test_nothing_is_sent_before_the_first_question_and_then_one_token(client, vendor):
    assert vendor.requests == []
    info(client)
    info(client)
    assert [request.path.split("/")[-1] for request in vendor.requests] == ["access-token", "info", "info"]
    assert vendor.requests[1].path.startswith(f"/api/accounts/{ACCOUNT}/utility-service-accounts/{PREMISE}/")


def test_an_idle_token_is_renewed_before_it_is_refused(client, vendor, clock):
    info(client)
    clock.seconds += 3500
    info(client)
    assert len(vendor.tokens) == 1
    clock.seconds += 3545
    info(client)
    assert len(vendor.tokens) == 2
    assert all(r.headers["authorization"] == f"Bearer {vendor.tokens[-1]}" for r in vendor.requests[-1:])


def test_a_busy_token_is_renewed_before_its_exp(client, vendor, clock):
    for _ in range(49):
        info(client)
        clock.seconds += 1800
    assert len(vendor.tokens) == 2


def test_only_the_difference_of_iat_and_exp_counts(client, vendor, clock):
    vendor.now = lambda: clock() + 7 * 86400  # the server's clock is a week ahead
    info(client)
    clock.seconds += 1000
    info(client)
    assert len(vendor.tokens) == 1


def test_a_dead_token_is_renewed_and_the_request_replayed_once(client, vendor):
    info(client)
    vendor.tokens[0] = "revoked"
    assert info(client).status == 200
    assert len(vendor.tokens) == 2
    assert len(vendor.requests) == 5


def test_a_second_401_is_the_users_to_see(client, vendor):
    vendor.rules.append(failing(401))
    with pytest.raises(errors.UnauthorizedError) as caught:
        info(client)
    assert caught.value.status_code == 401
    assert len(vendor.asked("access-token")) == 2
    assert len(vendor.asked("info")) == 2


def test_a_403_is_not_replayed(client, vendor):
    vendor.rules.append(failing(403))
    with pytest.raises(errors.UnauthorizedError):
        info(client)
    assert len(vendor.asked("info")) == 1


def test_wrong_keys_are_refused(connect):
    with pytest.raises(errors.UnauthorizedError, match="access token"):
        info(connect(secret="wrong"))


def test_threads_share_one_renewal(client, vendor):
    vendor.rules.append(lambda request: time.sleep(0.05) if request.method == "POST" else None)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: info(client), range(16)))
        assert len(vendor.tokens) == 1
        vendor.tokens[0] = "revoked"
        list(pool.map(lambda _: info(client), range(16)))
    assert len(vendor.asked("access-token")) == 2


def test_an_account_id_that_would_change_the_address_is_refused(client, vendor):
    vendor.rules.append(lambda r: answer({"id": "../admin", "token": "t"}) if r.method == "POST" else None)
    with pytest.raises(errors.PayloadError, match="account id"):
        info(client)
    assert len(vendor.requests) == 1


# ---- repeats -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_repeated(client, vendor, clock, status):
    vendor.rules.append(failing(status, times=3))
    assert info(client).status == 200
    assert len(clock.slept) == 3
    assert all(0 < pause <= 8 for pause in clock.slept)


@pytest.mark.parametrize("status", [400, 404, 409, 501])
def test_a_lasting_failure_is_not_repeated(client, vendor, clock, status):
    vendor.rules.append(failing(status))
    with pytest.raises(errors.ResponseError):
        info(client)
    assert clock.slept == []


def test_repeats_end(client, vendor, clock):
    vendor.rules.append(failing(503))
    with pytest.raises(errors.ServerError):
        info(client)
    assert len(vendor.asked("info")) == 5
    assert sum(clock.slept) <= 60


def test_backoff_has_jitter(connect, vendor, clock):
    for _ in range(3):
        vendor.rules.append(failing(503, times=1))
        info(connect())
    assert len(set(clock.slept)) == 3


def test_retry_after_is_honoured(client, vendor, clock):
    vendor.rules.append(failing(429, times=1, Retry_After="17"))
    info(client)
    assert clock.slept == [17]


def test_retry_after_as_a_date_is_honoured(client, vendor, clock):
    vendor.rules.append(failing(503, times=1, Retry_After="Tue, 14 Nov 2023 22:13:50 GMT"))
    info(client)
    assert clock.slept == [30]


def test_a_long_retry_after_ends_the_request_at_once(client, vendor, clock):
    vendor.rules.append(failing(429, Retry_After="600"))
    with pytest.raises(errors.RateLimitError) as caught:
        info(client)
    assert caught.value.retry_after == 600
    assert caught.value.retryable
    assert clock.slept == []


def test_the_waits_of_one_request_have_a_budget(connect, vendor, clock):
    vendor.rules.append(failing(429, Retry_After="25"))
    with pytest.raises(errors.RateLimitError):
        info(connect(retry=op.RetryPolicy(attempts=50)))
    assert clock.slept == [25, 25]


def test_a_token_request_is_repeated_too(client, vendor):
    rule = failing(503, times=2)
    vendor.rules.append(
        lambda r: answer({}, 503) if r.method == "POST" and len(vendor.requests) < 3 else None
    )
    vendor.rules.append(rule)
    assert info(client).status == 200


# ---- the line ------------------------------------------------------------------------------------


def reset(handler):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()
    handler.wfile = handler.rfile = open("/dev/null", "r+b", buffering=0)  # noqa: SIM115, PTH123  # for its own clean-up


def cut(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{")
    handler.close_connection = True


def on_get(action):
    return lambda request: Answer(raw=action) if request.method == "GET" else None


@pytest.mark.parametrize("action", [reset, cut])
def test_a_dropped_connection_is_repeated_and_then_an_error(client, vendor, clock, action):
    vendor.rules.append(on_get(action))
    with pytest.raises(errors.ConnectionFailedError, match="no whole answer") as caught:
        info(client)
    assert caught.value.retryable
    assert len(clock.slept) == 4


def test_nobody_there(connect):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    with pytest.raises(errors.ConnectionFailedError, match="ConnectionRefusedError"):
        info(connect(base_url=url))


def test_a_silent_server_times_out(connect, vendor):
    release = threading.Event()
    vendor.rules.append(lambda r: Answer(raw=lambda h: release.wait(5)) if r.method == "GET" else None)
    client = connect(timeout=(1, 0.1), retry=op.RetryPolicy(attempts=1))
    with pytest.raises(errors.ConnectionFailedError, match=r"[Tt]imed? ?out"):
        info(client)
    release.set()


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b" "),
    ],
    ids=["chunked", "of known length"],
)
def test_a_slow_drip_ends_at_the_deadline(connect, vendor, start, piece):
    def drip(handler):
        handler.wfile.write(start)
        for _ in range(100):
            handler.wfile.write(piece)
            time.sleep(0.02)

    def quiet(handler):
        try:
            drip(handler)
        except OSError:
            handler.close_connection = True

    vendor.rules.append(on_get(quiet))
    begun = time.monotonic()
    with pytest.raises(errors.ConnectionFailedError, match="not whole after"):
        info(connect(deadline=0.2, retry=op.RetryPolicy(attempts=1)))
    assert time.monotonic() - begun < 1.5


def test_a_huge_body_is_not_read_to_its_end(client, vendor):
    def flood(handler):
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        try:
            for _ in range(100):
                handler.wfile.write(bytes(2**20))
        except OSError:
            return

    vendor.rules.append(on_get(flood))
    with pytest.raises(errors.PayloadError, match="64 MiB"):
        info(client)


# ---- redirects -----------------------------------------------------------------------------------


@pytest.fixture
def elsewhere():
    other = Vendor()
    other.rules.append(lambda request: answer({"id": PREMISE}))
    yield other
    other.close()


def redirected(target, status=302):
    return lambda r: (
        answer({}, status, Location=target) if r.method == "GET" and r.path.endswith("/info") else None
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_goes_on_without_the_token(client, vendor, elsewhere, status):
    vendor.rules.append(redirected(elsewhere.url + "/store?X-Signature=5ea1ed", status))
    assert json.loads(info(client).body) == {"id": PREMISE}
    assert "authorization" not in elsewhere.requests[0].headers
    assert vendor.requests[-1].headers["authorization"].startswith("Bearer ")


def test_a_netrc_file_gives_no_credentials_to_anyone(client, vendor, elsewhere, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    vendor.rules.append(redirected(elsewhere.url + "/store"))
    info(client)
    assert "authorization" not in elsewhere.requests[0].headers
    assert "authorization" not in vendor.requests[0].headers
    assert vendor.requests[1].headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    "target", ["http://storage.example.com/x?sig=5ea1ed", "ftp://127.0.0.1/x", "file:///etc/passwd"]
)
def test_a_downgrade_is_refused(client, vendor, target):
    vendor.rules.append(redirected(target))
    with pytest.raises(errors.ConnectionFailedError) as caught:
        info(client)
    assert "5ea1ed" not in str(caught.value)
    assert not caught.value.retryable


def test_a_redirect_loop_ends(client, vendor):
    vendor.rules.append(redirected(f"{vendor.url}/accounts/{ACCOUNT}/utility-service-accounts/{OTHER}/info"))
    with pytest.raises(errors.ConnectionFailedError, match="redirected more than"):
        info(client)


def test_a_redirected_token_request_does_not_carry_the_secret_away(client, vendor, elsewhere):
    vendor.rules.append(lambda r: answer({}, 307, Location=elsewhere.url) if r.method == "POST" else None)
    with pytest.raises(errors.ResponseError) as caught:
        info(client)
    assert caught.value.status_code == 307
    assert elsewhere.requests == []


# ---- what is never shown -------------------------------------------------------------------------


def test_a_client_is_not_pickled(client):
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(client)


def test_repr_and_describe_show_no_key(client):
    info(client)
    shown = f"{client!r} {client} {client.describe()} {client._credentials!r} {client._tokens.__dict__!r}"
    assert SECRET not in shown
    assert CLIENT_ID not in shown
    assert "eyJ" not in shown


def test_a_token_looks_like_the_vendors():
    assert jwt(1, 2, 3).count(".") == 2
