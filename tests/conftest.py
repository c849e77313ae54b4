"""Fixtures of the whole session: the PostGIS server, and what every test keeps to."""

from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres

# A loaded machine is slow, not wrong: no deadline per example.
settings.register_profile(
    "house", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns a skip into a failure: only tests on real data may be skipped, where there is none."""
    report = yield
    expected = hasattr(report, "wasxfail") or item.get_closest_marker("real")
    if report.skipped and not expected:
        report.outcome = "failed"
        report.longrepr = f"skipped, but only tests marked `real` may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turns the skip of a whole module into an error."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"a module may not be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for the session; without one the tests that need it fail."""
    try:
        with postgres.server() as server:
            yield server
    except postgres.PostgresMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def postgis_template(postgres_server: postgres.Server) -> Iterator[str]:
    """Name of the database that holds the PostGIS extension and nothing else."""
    with postgres_server.empty_template() as template:
        yield template


@pytest.fixture
def postgres_url(postgres_server: postgres.Server, postgis_template: str) -> Iterator[str]:
    """URL of an empty PostGIS database of the test's own."""
    url = postgres_server.create(postgis_template)
    yield url
    postgres_server.drop(url)
