"""How a request says who sends it: a user name and password, an API key, or a signature of an account of AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...errors import EngineNotInstalled, EngineUnavailable
from ..contract import Login

Sign = Callable[[str, str, Any], dict[str, str]]
"""Returns the headers that sign a request: of its method, its whole address and its body."""

SERVICE = "es"
"""What Amazon OpenSearch Service is called in a signature."""


class NotSigned(Exception):
    """The credentials of AWS cannot be had any more, for example because a session has expired."""


def describe_login(login: Login | None) -> str:
    """Return what a cluster knows us by, for an error that says that it refuses this."""
    if login is None or login.user:
        return "the user name and password"
    return "the API key" if login.api_key else "the account of AWS that signs for us"


def make_options(address: str, login: Login) -> dict[str, Any]:
    """Return the options of opensearch-py that say who we are; whoever passes them asks for TLS, too.

    Raises:
        EngineNotInstalled: signing needs another package.
        EngineUnavailable: no credentials of AWS are found.
    """
    if login.region:
        return {"http_auth": _make_signer(address, login.region)}
    if login.api_key:
        return {"headers": {"authorization": f"ApiKey {login.api_key}"}}
    return {"http_auth": (login.user, login.password)}


def _make_signer(address: str, region: str) -> Sign:
    """Return what signs requests (AWS Signature Version 4) with the credentials that botocore finds.

    It looks in the environment, the files of the command `aws`, and on the machine or container of AWS that we run on,
    and renews those that expire.
    """
    try:
        from botocore.exceptions import BotoCoreError
        from botocore.session import get_session
    except ImportError:
        raise EngineNotInstalled(address, "aws") from None
    from opensearchpy import Urllib3AWSV4SignerAuth

    try:
        credentials = get_session().get_credentials()
    except BotoCoreError as error:
        raise EngineUnavailable(address, f"has no credentials of AWS ({error}); mend its settings") from error
    if credentials is None:
        how = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise EngineUnavailable(address, f"has no credentials of AWS to sign with; {how}")
    sign = Urllib3AWSV4SignerAuth(credentials, region, SERVICE)

    def sign_or_say(method: str, url: str, body: Any) -> dict[str, str]:
        try:
            headers: dict[str, str] = sign(method, url, body)
        except BotoCoreError as error:  # the client would take it for a lost connection
            raise NotSigned(str(error)) from error
        return headers

    return sign_or_say
