"""Bytes that no decent client sends, through a real server: refused, and never a failure."""

import socket
from collections.abc import Iterator
from threading import Thread
from time import sleep

import pytest
import uvicorn

from tests.api.conftest import Api, secret_of

END = b"\r\n\r\n"


@pytest.fixture
def address(api: Api) -> Iterator[tuple[str, int]]:
    """Where the service listens."""
    config = uvicorn.Config(api.app, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join()


def status_of(address: tuple[str, int], request: bytes) -> int:
    """The status with which the server answers these bytes."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request)
        answer = connection.recv(65_536)
    return int(answer.split(b" ", 2)[1])


def get(target: bytes, *headers: bytes) -> bytes:
    lines = (b"GET " + target + b" HTTP/1.1", b"Host: registry", b"Connection: close", *headers)
    return b"\r\n".join(lines) + END


def post(path: bytes, body: bytes, *headers: bytes) -> bytes:
    length = b"Content-Length: " + str(len(body)).encode()
    lines = (
        b"POST " + path + b" HTTP/1.1",
        b"Host: registry",
        b"Connection: close",
        b"Authorization: Bearer " + secret_of("operator-a").encode(),
        length,
        *headers,
    )
    return b"\r\n".join(lines) + END + body


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"/v1/zones/%00", 404),
        (b"/v1/zones/%ff%fe", 404),
        (b"/v1/zones/" + b"a" * 5000, 404),
        (b"/v1/zones/..%2f..%2fetc", 404),
        (b"/v1/zones?state=%00", 422),
        (b"/v1/zones?cursor=%ff", 422),
        (b"/v1/zones?cursor=%ed%a0%80", 422),
        (b"/v1/zones?limit=%EF%BC%91", 422),
        (b"/assets/..%2f..%2fopenapi.json", 404),
        (b"/%00", 404),
    ],
)
def test_a_strange_target_is_refused(address: tuple[str, int], target: bytes, status: int) -> None:
    assert status_of(address, get(target)) == status


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Accept-Language: \xff\xfe;q=x,,;;", 200),
        (b"Accept-Language: " + b"zh," * 2000, 200),
        (b"Authorization: Bearer \xff\x00", 400),
        (b"Authorization: Bearer \xff", 401),
        (b"Authorization: Basic " + b"A" * 3000, 401),
    ],
)
def test_a_strange_header_does_no_harm(
    address: tuple[str, int], header: bytes, status: int
) -> None:
    assert status_of(address, get(b"/v1/zones", header)) == status


JSON = b"Content-Type: application/json"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(post(b"/v1/checks", b"{}"), 415, id="no content type"),
        pytest.param(post(b"/v1/checks", b"{}", b"Content-Type: text/xml"), 415, id="xml"),
        pytest.param(post(b"/v1/checks", b"\xff\xfe", JSON), 400, id="not UTF-8"),
        pytest.param(post(b"/v1/checks", b"\x00", JSON), 400, id="NUL"),
        pytest.param(
            post(b"/v1/applications", b"{}", JSON, b"Idempotency-Key: \xff"), 422, id="odd key"
        ),
        pytest.param(
            post(b"/v1/imports", b"--x", b"Content-Type: multipart/form-data; boundary=x"),
            403,
            id="not the caller's to import",
        ),
        pytest.param(
            post(b"/v1/auth/token", b"username=%00&password=a", b"Content-Type: "
                 b"application/x-www-form-urlencoded"),
            422,
            id="NUL in a form",
        ),
    ],
)  # fmt: skip
def test_a_strange_body_is_refused(
    address: tuple[str, int], request_bytes: bytes, status: int
) -> None:
    assert status_of(address, request_bytes) == status


def test_an_endless_body_is_cut_off(address: tuple[str, int]) -> None:
    head = post(b"/v1/checks", b"", JSON).replace(
        b"Content-Length: 0", b"Transfer-Encoding: chunked"
    )
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    assert status_of(address, head + piece * 9) == 413
