"""The event stream through a real server: told live, resumed, redacted, bounded, let go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
import uvicorn

from service.api import events
from service.commands.serving import Serving
from tests.api.conftest import Api, secret_of
from tests.api.payloads import a_published_zone, a_vehicle, an_active_permit
from tests.api.test_live import a_heartbeat

PATIENCE_S = 10.0


class Listener:
    """Someone connected, and the lines they have read so far."""

    def __init__(self, response: httpx.Response) -> None:
        self.lines: list[str] = []
        self.is_over = False
        self._coming = response.iter_lines()

    def until(self, found: Callable[["Listener"], Any]) -> None:
        """Read on until that is so; the test fails when it never is."""
        deadline = monotonic() + PATIENCE_S
        while not found(self):
            assert monotonic() < deadline, self.lines
            assert not self.is_over, self.lines
            line = next(self._coming, None)
            if line is None:
                self.is_over = True
            else:
                self.lines.append(line)

    @property
    def names(self) -> list[str]:
        return [line.removeprefix("event: ") for line in self.lines if line.startswith("event: ")]

    @property
    def ids(self) -> list[int]:
        return [int(line.removeprefix("id: ")) for line in self.lines if line.startswith("id: ")]


@contextmanager
def serving(api: Api) -> Iterator[Serving]:
    """The service behind a real server, which stops as `testzone serve` does."""
    config = uvicorn.Config(api.app, port=0, log_level="error", lifespan="off")
    server = Serving(config, api.registry)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "the server waits for a stream"


@pytest.fixture
def address(api: Api) -> Iterator[str]:
    with serving(api) as server:
        yield url_of(server)


def url_of(server: Serving) -> str:
    host, port = server.servers[0].sockets[0].getsockname()
    return f"http://{host}:{port}/v1/events"


@contextmanager
def listening(url: str, username: str, **headers: str) -> Iterator[Listener]:
    """A listener who is told from now on, or from the id in the headers on."""
    headers["Authorization"] = f"Bearer {secret_of(username)}"
    with httpx.stream("GET", url, headers=headers, timeout=PATIENCE_S) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        listener = Listener(response)
        listener.until(lambda told: told.ids)
        yield listener


def has(name: str) -> Callable[[Listener], bool]:
    return lambda listener: name in listener.names


def test_what_is_done_is_told_as_it_is_done(api: Api, address: str) -> None:
    with listening(address, "police") as police:
        a_published_zone(api)
        police.until(has("zone.publish"))
    assert police.names == ["zone.propose", "zone.assess", "zone.publish"]
    assert police.ids == sorted(set(police.ids))


def test_who_comes_again_is_told_what_was_missed_and_nothing_twice(api: Api, address: str) -> None:
    with listening(address, "police") as before:
        api.of("operator-a").made("/v1/vehicles", a_vehicle())
        before.until(has("vehicle.register"))
    a_published_zone(api)
    last = {"Last-Event-ID": str(before.ids[-1])}
    with listening(address, "police", **last) as after:
        after.until(has("zone.publish"))
        api.of("operator-a").made("/v1/vehicles", a_vehicle())
        after.until(has("vehicle.register"))
    assert after.names == ["zone.propose", "zone.assess", "zone.publish", "vehicle.register"]
    assert after.ids == sorted(after.ids)
    assert after.ids[0] == before.ids[-1] + 1


def test_an_id_from_beyond_the_end_begins_at_the_end(api: Api, address: str) -> None:
    with listening(address, "police", **{"Last-Event-ID": "999999"}) as police:
        assert police.ids == [api.head()[0]]


def test_a_competitor_is_told_nothing_of_it(api: Api, address: str) -> None:
    a_published_zone(api)
    with listening(address, "operator-a") as mine, listening(address, "operator-b") as theirs:
        permit = an_active_permit(api)
        path = f"/v1/vehicles/{permit['vehicle_ids'][0]}/position"
        api.of("operator-a").done(path, a_heartbeat())
        mine.until(has("position"))
        api.of("operator-b").made("/v1/vehicles", a_vehicle())
        theirs.until(has("vehicle.register"))
    assert "permit.activate" in mine.names
    assert theirs.names == ["vehicle.register"]
    assert not any(permit["id"] in line for line in theirs.lines)


def test_a_position_is_told_without_an_id(api: Api, address: str) -> None:
    vehicle_id = api.of("operator-a").made("/v1/vehicles", a_vehicle())["id"]
    with listening(address, "transport") as office:
        api.of("operator-a").done(f"/v1/vehicles/{vehicle_id}/position", a_heartbeat())
        office.until(lambda told: vehicle_id in told.lines[-1])
    assert office.names == ["position"]
    assert office.ids == [api.head()[0]]


def test_who_does_not_follow_is_told_what_there_is(api: Api) -> None:
    a_published_zone(api)
    answer = api.of("operator-a").get("/v1/events?last_event_id=0&follow=false")
    assert [line for line in answer.text.splitlines() if line.startswith("event: zone")] == [
        "event: zone.publish"
    ]
    assert answer.text.endswith(f"id: {api.head()[0]}\n\n")
    assert "actor" not in answer.text


@pytest.mark.parametrize("last", ["-1", "x", "1.5", "9" * 30])
def test_an_id_that_is_none_is_refused(api: Api, last: str) -> None:
    answer = api.of("police").get("/v1/events?follow=false", headers={"Last-Event-ID": last})
    assert answer.status_code == 422


def answer(url: str, username: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {secret_of(username)}"}
    return httpx.get(url, params={"follow": "false"}, headers=headers, timeout=PATIENCE_S)


def test_one_listener_has_only_so_many_streams(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_OF_ONE", 1)
    with listening(address, "police"):
        refused = answer(address, "police")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert answer(address, "transport").status_code == 200
    wait_until(lambda: answer(address, "police").status_code == 200)


def test_all_listeners_have_only_so_many_streams(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_OPEN", 1)
    with listening(address, "police"):
        assert answer(address, "transport").status_code == 429


def test_where_nothing_happens_the_heart_beats(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.1)
    with listening(address, "police") as police:
        police.until(lambda told: told.lines.count(": heartbeat") > 1)


def test_for_whom_too_much_waits_is_let_go(
    api: Api, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(address, "police") as police:
        monkeypatch.setattr(events, "MOST_WAITING", 10)
        a_published_zone(api)
        police.until(lambda told: told.is_over)
    assert police.names == []


def test_a_stream_ends_in_time_so_that_its_reader_proves_again_who_it_is(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LONGEST_S", 0.2)
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.1)
    with listening(address, "police") as police:
        police.until(lambda told: told.is_over)


def test_who_waits_holds_no_connection_to_the_database(api: Api, address: str) -> None:
    pool = api.registry.store._engine.pool
    with listening(address, "police"), listening(address, "transport"):
        wait_until(lambda: pool.checkedout() == 0)


def test_a_server_that_stops_lets_its_listeners_go(api: Api) -> None:
    with serving(api) as server, listening(url_of(server), "police") as police:
        server.should_exit = True
        police.until(lambda told: told.is_over)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE_S
    while not is_so():
        assert monotonic() < deadline
        sleep(0.05)
