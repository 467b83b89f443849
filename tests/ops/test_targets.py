"""The target of a request and its Host name the same server (RFC 9112, sections 3.2 and 3.3)."""

import pytest

from tests.servers import Gunicorn
from tests.wire import request, sent

REFUSED = {
    "another host": request("GET", "http://other.example/health"),
    "another host that is ours": request("GET", "http://127.0.0.1/health"),
    "another port": request("GET", "http://localhost:81/health"),
    "a user": request("GET", "http://localhost@localhost/health"),
    "a user that looks like the host": request("GET", "http://localhost:80@other.example/health"),
    "no host": request("GET", "http:///health"),
    "another scheme": request("GET", "ftp://localhost/health"),
    "a port that is none": request("GET", "http://localhost:x/health"),
    "brackets that stay open": request("GET", "http://[::1/health"),
    "no Host": request("GET", "/health", host=None),
    "no Host, the target names one": request("GET", "http://localhost/health", host=None),
    "an empty Host": request("GET", "/health", host=""),
    "two hosts in one": request("GET", "/health", host="localhost, other.example"),
    "a host that is not ours": request("GET", "http://other.example/health", host="other.example"),
    "authority": request("GET", "localhost:80"),
    "CONNECT": request("CONNECT", "localhost:80"),
    "CONNECT elsewhere": request("CONNECT", "other.example:443"),
    "an asterisk": request("GET", "*"),
}
GOOD = {
    "the same host": request("GET", "http://localhost/health"),
    "in capitals": request("GET", "HTTP://LocalHost/health"),
    "the port that goes without saying": request("GET", "http://localhost:80/health"),
    "said in Host alone": request("GET", "https://localhost/health", host="localhost:443"),
    "any port, in both": request("GET", "http://localhost:8123/health", host="localhost:8123"),
    "with a query": request("GET", "http://localhost/health?x=http://other.example/"),
    "HTTP/1.0 without Host": request("GET", "/health", host="127.0.0.1").replace(b"HTTP/1.1", b"HTTP/1.0"),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_a_target_that_does_not_agree_is_a_400(live: Gunicorn, data: bytes) -> None:
    answer = sent(live, data)
    assert (answer.status, answer.json["type"]) == (400, "/problems/bad-request")


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_one_that_does_is_as_good_as_a_path(live: Gunicorn, data: bytes) -> None:
    answer = sent(live, data)
    assert (answer.status, answer.json["status"]) == (200, "ok")


def test_an_absolute_target_without_a_path_is_the_root(live: Gunicorn) -> None:
    assert sent(live, request("GET", "http://localhost")).json["links"]


@pytest.mark.parametrize("target", ["*", "http://localhost"])
def test_options_of_the_server_as_a_whole(live: Gunicorn, target: str) -> None:
    assert sent(live, request("OPTIONS", target)).status == 204
