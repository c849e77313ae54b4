"""The whole service in one process on a SQLite file of the test's own, and a user of every role.

`api.of("operator-a").get("/v1/zones")`; the tokens are planted, so that no test waits for argon2.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from service.adapters.db.engine import connect
from service.adapters.db.migrate import migrate
from service.adapters.db.uow import Store
from service.api.deps import Registry
from service.app import compose, create_app
from service.domain.journal import Deed
from service.domain.kinds import Role
from service.settings import Settings
from service.usecases.keys import digest_of
from service.usecases.ports import Account, Token
from tests.builders import an_actor, an_organisation

OPERATORS = {"operator-a": "organisation-a", "operator-b": "organisation-b"}
STAFF = {
    role.value.replace("_", "-"): role
    for role in Role
    if role not in {Role.operator, Role.vehicle, Role.public}
}
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Client:
    """Someone who asks; nobody without a token."""

    http: httpx.AsyncClient
    portal: BlockingPortal
    headers: dict[str, str]

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}

        async def send() -> httpx.Response:
            return await self.http.request(method, path, headers=headers, **options)

        return self.portal.call(send)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        if json is not None:
            options["json"] = json
        return self.request("POST", path, **options)

    def put(self, path: str, json: Any, revision: int, **options: Any) -> httpx.Response:
        headers = {"If-Match": f'"{revision}"', **options.pop("headers", {})}
        return self.request("PUT", path, json=json, headers=headers, **options)

    def made(self, path: str, json: Any) -> dict[str, Any]:
        """What was created; the test fails when it was not."""
        answer = self.post(path, json)
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    def done(self, path: str, json: Any = None) -> dict[str, Any]:
        """What a step led to; the test fails when it was refused."""
        answer = self.post(path, json)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


@dataclass(frozen=True)
class Api:
    """The service, and whoever asks it."""

    app: FastAPI
    http: httpx.AsyncClient
    portal: BlockingPortal

    @property
    def registry(self) -> Registry:
        registry: Registry = self.app.state.registry
        return registry

    @property
    def nobody(self) -> Client:
        return Client(self.http, self.portal, {})

    def of(self, username: str) -> Client:
        """Someone signed in."""
        return self.with_secret(secret_of(username))

    def with_secret(self, secret: str) -> Client:
        """Whoever holds the secret."""
        return Client(self.http, self.portal, {"Authorization": f"Bearer {secret}"})

    def head(self) -> tuple[int, str]:
        """The end of the journal: unchanged when nothing was stored."""
        with self.registry.store.read() as tx:
            return tx.journal.head()


@pytest.fixture(scope="session")
def peopled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with two operators' organisations and a user of every role."""
    path = tmp_path_factory.mktemp("api") / "registry.sqlite"
    settings = Settings(database_url=f"sqlite:///{path}")
    migrate(settings.database_url)
    registry = compose(settings)
    ctx = registry.context()
    deed = Deed(an_actor(), "add", ctx.now)
    kept = registry.passwords.hash(PASSWORD)
    engine = connect(settings.database_url)
    with Store(engine, ctx.frame).write() as tx:
        for organisation_id in OPERATORS.values():
            tx.organisations.add(an_organisation(id=organisation_id), deed)
        for username, role, organisation_id in _users():
            account = Account(username, username, kept, role.value, organisation_id, None)
            tx.identities.add_account(account, deed)
            digest = digest_of(secret_of(username))
            token = Token(digest, username, ctx.now + timedelta(days=1), False)
            tx.identities.add_token(token, deed)
    # the last connection to go writes everything into the one file that tests copy
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """Where the asynchronous client runs."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def served(peopled_file: Path) -> FastAPI:
    """The service, composed once."""
    return create_app(Settings(database_url=f"sqlite:///{peopled_file}"))


@pytest.fixture(scope="session")
def http(served: FastAPI, portal: BlockingPortal) -> Iterator[httpx.AsyncClient]:
    """The way to the service; a failure is answered as in production, not raised."""
    transport = httpx.ASGITransport(served, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://registry")
    yield client
    portal.call(client.aclose)


@pytest.fixture
def api(
    served: FastAPI,
    http: httpx.AsyncClient,
    portal: BlockingPortal,
    peopled_file: Path,
    tmp_path: Path,
) -> Iterator[Api]:
    """The service on a database of the test's own."""
    composed: Registry = served.state.registry
    url = f"sqlite:///{shutil.copy(peopled_file, tmp_path / 'registry.sqlite')}"
    engine = connect(url)
    served.state.registry = replace(composed, store=Store(engine, composed.context().frame))
    yield Api(served, http, portal)
    served.state.registry = composed
    engine.dispose()


def secret_of(username: str) -> str:
    """The planted token of a user."""
    return f"secret-of-{username}"


def _users() -> Iterator[tuple[str, Role, str | None]]:
    for username, organisation_id in OPERATORS.items():
        yield username, Role.operator, organisation_id
    for username, role in STAFF.items():
        yield username, role, None
