"""Who we are for a cluster: an API key or a signature of AWS goes over TLS alone, is right, and is shown nowhere."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import ssl
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import trustme

from bot.settings import SettingsError, load
from index import open_index
from index.engines import Login
from index.errors import EngineNotInstalled, EngineUnavailable
from tests.support.fake_cluster import FakeLibrary, Nodes
from tests.support.make_library import made

KEY = "os_canary-key-51d0"
SECRET = "canary+secret/of/AWS/51d0"
SESSION = "canary-session-51d0=="


@pytest.fixture
def authority(tmp_path: Path) -> str:
    """The file of an authority whose certificate the cluster has."""
    return str(tmp_path / "ca.pem")


@pytest.fixture
def cluster(authority: str) -> Iterator[tuple[Nodes, list[str]]]:
    """A cluster with a library that speaks TLS, and the bodies of the requests that it got."""
    issuer, tls, bodies = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    issuer.cert_pem.write_to_path(authority)
    issuer.issue_cert("127.0.0.1").configure_cert(tls)
    library = FakeLibrary([(made(["The pier is closed."]), ("default",))])

    def answer(node: int, path: str, body: str) -> tuple[int, object]:
        bodies.append(body)
        return library.answer(node, path, body)

    nodes = Nodes(answer)
    nodes.servers[0].socket = tls.wrap_socket(nodes.servers[0].socket, server_side=True)
    yield nodes, bodies
    nodes.close()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An account of AWS in the environment, and no other anywhere."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": SESSION,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sign_again(method: str, target: str, headers: Mapping[str, str], body: str) -> str:
    """Return the signature that a request should bear, by the steps that the documentation of AWS gives.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    parts = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\S+), SignedHeaders=(\S+), Signature=\w{64}",
        headers["authorization"],
    )
    assert parts
    scope, names = parts.groups()
    address = urlsplit(target)
    pairs = sorted((quote(name, ""), quote(value, "")) for name, value in parse_qsl(address.query, True))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    rows = [f"{name}:{headers[name]}" for name in names.split(";")]
    whole = "\n".join([method, quote(address.path, "/"), query, *rows, "", names, digest(body)])
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest(whole)])):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


@pytest.mark.usefixtures("account")
def test_each_request_is_signed_as_aws_documents_it(
    cluster: tuple[Nodes, list[str]], authority: str, caplog: pytest.LogCaptureFixture
) -> None:
    nodes, bodies = cluster
    with open_index(nodes.address, Login(ca_file=authority, region="eu-central-1"), meaning=False) as index:
        assert len(index) == 1
        assert [card.id for card in index.articles()]
    assert len(nodes.requests) == len(bodies) > 3
    assert any(bodies)
    assert any("?" in target for _, _, target, _ in nodes.requests)
    for (_, method, target, headers), body in zip(nodes.requests, bodies, strict=True):
        said = headers["authorization"]
        assert said.endswith(f"Signature={sign_again(method, target, headers, body)}")
        assert "/eu-central-1/es/aws4_request, " in said
        assert {"host", "x-amz-date", "x-amz-security-token"} <= set(
            said.split("SignedHeaders=")[1].split(",")[0].split(";")
        )
        assert SECRET not in str(headers)
    assert SECRET not in caplog.text


@pytest.mark.usefixtures("account")
def test_another_secret_makes_another_signature(cluster: tuple[Nodes, list[str]], authority: str) -> None:
    """What `sign_again` proves depends on the secret, the method, the address and the body."""
    nodes, bodies = cluster
    with open_index(nodes.address, Login(ca_file=authority, region="eu-central-1"), meaning=False):
        _, method, target, headers = nodes.requests[0]
    right = sign_again(method, target, headers, bodies[0])
    assert right != sign_again("POST", target, headers, bodies[0])
    assert right != sign_again(method, f"{target}?a=1", headers, bodies[0])
    assert right != sign_again(method, target, headers, "{}")


def test_without_credentials_nothing_is_sent(
    cluster: tuple[Nodes, list[str]], authority: str, account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes, login = cluster[0], Login(ca_file=authority, region="eu-central-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(EngineUnavailable, match="no credentials of AWS to sign with; set AWS_PROFILE, or"):
        open_index(nodes.address, login)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(EngineUnavailable, match=r"no credentials of AWS \(.*nobody.*\); mend its settings"):
        open_index(nodes.address, login)
    assert nodes.requests == []


@pytest.mark.usefixtures("account")
def test_credentials_that_cannot_be_renewed_are_told_at_once(
    cluster: tuple[Nodes, list[str]], authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import CredentialRetrievalError

    class Expired:
        def __init__(self, *_: object) -> None:
            pass

        def __call__(self, *_: object) -> dict[str, str]:
            raise CredentialRetrievalError(provider="sso", error_msg="the session has expired")

    monkeypatch.setattr("opensearchpy.Urllib3AWSV4SignerAuth", Expired)
    with pytest.raises(EngineUnavailable, match=r"no request can be signed \(.*has expired\); renew"):
        open_index(cluster[0].address, Login(ca_file=authority, region="eu-central-1"))
    assert cluster[0].requests == []


def test_without_the_package_the_error_says_what_to_install(
    cluster: tuple[Nodes, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    with pytest.raises(EngineNotInstalled, match=r"EXTRAS=aws"):
        open_index(cluster[0].address, Login(region="eu-central-1"))


def test_an_api_key_goes_with_each_request_over_tls_only(
    cluster: tuple[Nodes, list[str]], authority: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    nodes = cluster[0]
    login = Login(ca_file=authority, api_key=KEY)
    assert KEY not in repr(login)
    with open_index(nodes.address, login, meaning=False) as index:
        assert len(index) == 1
    assert {headers["authorization"] for *_, headers in nodes.requests} == {f"ApiKey {KEY}"}
    nodes.requests.clear()
    with pytest.raises(EngineUnavailable, match="its certificate is not trusted") as caught:
        open_index(nodes.address, Login(api_key=KEY))
    assert nodes.requests == []
    assert KEY not in caplog.text + str(caught.value)


@pytest.mark.parametrize(
    ("login", "told"),
    [
        (Login("me", "hush-hush"), "the user name and password"),
        (Login(api_key=KEY), "the API key"),
        (Login(region="eu-central-1"), "the account of AWS"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_cluster_that_refuses_a_login_is_told_with_what_it_refuses(
    login: Login, told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    issuer, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.cert_pem.write_to_path(tmp_path / "ca.pem")
    issuer.issue_cert("127.0.0.1").configure_cert(tls)
    nodes = Nodes(lambda *_: (403, {"message": "not you"}))
    nodes.servers[0].socket = tls.wrap_socket(nodes.servers[0].socket, server_side=True)
    known = Login(login.user, login.password, str(tmp_path / "ca.pem"), login.api_key, login.region)
    with pytest.raises(EngineUnavailable, match=f"refuses {told}") as caught:
        open_index(nodes.address, known)
    nodes.close()
    assert "hush" not in caplog.text + str(caught.value)
    assert KEY not in caplog.text + str(caught.value)
    assert SECRET not in caplog.text + str(caught.value)


@pytest.mark.parametrize("given", [{}, {"user": "me", "api_key": KEY}, {"api_key": KEY, "region": "eu-central-1"}])
def test_a_login_is_one_of_three(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="an API key, or a region") as caught:
        Login(**given)
    assert KEY not in str(caught.value)


def test_each_login_is_of_the_settings(tmp_path: Path) -> None:
    found = load({"PULLQUOTE_OPENSEARCH_API_KEY": KEY, "PULLQUOTE_OPENSEARCH_CA": "ca.pem"}, tmp_path)
    assert found.login == Login(ca_file="ca.pem", api_key=KEY)
    assert KEY not in repr(found)
    found = load({"PULLQUOTE_OPENSEARCH_AWS_REGION": "us-gov-west-1"}, tmp_path)
    assert found.login == Login(region="us-gov-west-1")
    both = {"PULLQUOTE_OPENSEARCH_API_KEY": KEY, "PULLQUOTE_OPENSEARCH_USER": "me"}
    with pytest.raises(SettingsError, match=r"_USER and PULLQUOTE_OPENSEARCH_API_KEY are logins for one") as caught:
        load(both, tmp_path)
    assert KEY not in str(caught.value)
    for region in ("eu", "EU-central-1", "eu-central-1/es", "eu-central-1 "):
        with pytest.raises(SettingsError, match="a region of AWS such as eu-central-1"):
            load({"PULLQUOTE_OPENSEARCH_AWS_REGION": region}, tmp_path)
