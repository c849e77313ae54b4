"""The demo story: loaded through the use cases, alive on any day, and loaded only once."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from service.adapters.db.engine import connect
from service.adapters.db.migrate import migrate
from service.adapters.db.uow import Store
from service.adapters.demo.load import load_demo
from service.adapters.demo.story import ACCOUNTS
from service.domain.incident_kinds import IncidentState
from service.domain.kinds import ApplicationState, PermitState, Role, ZoneState
from service.usecases.ports import Query
from tests.surroundings import a_context

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
EVERY_ROLE = set(Role) - {Role.vehicle, Role.public}


def a_store(folder: Path) -> Store:
    url = f"sqlite:///{folder / 'demo.sqlite'}"
    migrate(url)
    return Store(connect(url), a_context().frame)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A registry in which the story has been told."""
    store = a_store(tmp_path_factory.mktemp("told"))
    load_demo(store, a_context(NOW), "hash")
    return store


def test_every_office_has_an_account_and_operators_have_their_organisation(told: Store) -> None:
    with told.read() as tx:
        accounts = [tx.identities.account(name) for name in ACCOUNTS]
    assert {account.role for account in accounts if account} == EVERY_ROLE
    assert [a.organisation_id for a in accounts if a and a.role == Role.operator] == [
        "org-jincheng",
        "org-yunque",
    ]


def test_telling_it_again_changes_nothing(told: Store) -> None:
    with told.read() as tx:
        before = tx.journal.head()
    assert not load_demo(told, a_context(NOW), "another hash")
    with told.read() as tx:
        assert tx.journal.head() == before


def test_applications_stand_at_every_stage_of_a_review(told: Store) -> None:
    with told.read() as tx:
        states = {application.state for application in tx.applications.page(Query()).items}
    assert states >= {
        ApplicationState.draft,
        ApplicationState.submitted,
        ApplicationState.returned,
        ApplicationState.expert_review,
        ApplicationState.joint_review,
        ApplicationState.confirmed,
    }


def test_zones_are_open_and_one_is_only_proposed(told: Store) -> None:
    with told.read() as tx:
        states = [zone.state for zone in tx.zones.page(Query()).items]
    assert states.count(ZoneState.published) == 8
    assert states.count(ZoneState.proposed) == 1


@pytest.mark.parametrize("now", [NOW, datetime(2027, 8, 2, 22, 30, tzinfo=UTC)])
def test_both_permits_are_active_on_the_day_of_telling(tmp_path: Path, now: datetime) -> None:
    store = a_store(tmp_path)
    load_demo(store, a_context(now), "hash")
    with store.read() as tx:
        permits = tx.permits.page(Query()).items
    assert [permit.state_at(now) for permit in permits] == [PermitState.active] * 2


def test_drives_earn_evidence_and_the_one_that_left_its_zone_is_a_violation(told: Store) -> None:
    owners = frozenset({"org-jincheng", "org-yunque"})
    with told.read() as tx:
        evidence = tx.telemetry.evidence(Query(among={"organisation_id": owners}))
        violations = tx.violations.page(Query()).items
    assert not any(proof.uncertain for proof in evidence)
    assert sum(sum(proof.km.values()) for proof in evidence) > 400
    assert [violation.vehicle_id for violation in violations] == ["car-a2"]


def test_one_incident_is_closed_one_has_clocks_running_and_telemetry_opened_one(
    told: Store,
) -> None:
    with told.read() as tx:
        closed, opened, running = tx.incidents.page(Query()).items
    assert closed.state is IncidentState.closed
    assert (opened.state, len(opened.suspension_proposals)) == (IncidentState.draft, 1)
    assert running.state is IncidentState.reported
    assert any(o.due_at and o.due_at > NOW for o in running.obligations)


def test_the_journal_reads_in_the_order_of_time_and_ends_before_now(told: Store) -> None:
    with told.read() as tx:
        lines = tx.journal.page(0, limit=10_000)
    assert all(earlier.at <= later.at for earlier, later in pairwise(lines))
    assert lines[-1].at <= NOW


def test_the_journal_of_the_story_is_sound(told: Store) -> None:
    assert told.verify() == []
