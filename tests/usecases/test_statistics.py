"""Figures: what was proved, by operator, vehicle or permit; what is uncertain is counted apart."""

from typing import Any

import pytest

from service.domain.errors import Forbidden, Malformed
from service.domain.kinds import ControlMode, Role
from service.usecases import statistics
from service.usecases.ports import Query
from service.usecases.statistics import Figures
from tests.builders import a_summary, an_actor, an_incident, some_evidence, some_facts
from tests.usecases.desk import POLICE, A, Desk


def a_desk(*evidence: dict[str, Any], incidents: Any = ()) -> Desk:
    desk = Desk(*incidents)
    summaries = [a_summary() for _ in evidence]
    with desk.store.write() as tx:
        recorded = [(s, some_evidence(s, **e)) for s, e in zip(summaries, evidence, strict=True)]
        tx.telemetry.record(recorded, desk.now)
    return desk


def by(desk: Desk, group_by: str = "operator", actor: Any = POLICE, **query: Any) -> Any:
    figures: tuple[Figures, ...] = desk.ask(statistics.by, actor, group_by, Query(**query))
    return {figure.group: figure for figure in figures}


OF_B = {"organisation_id": "organisation-b", "vehicle_id": "vehicle-b", "permit_id": "permit-b"}


def test_kilometres_hours_and_takeovers_are_summed_by_operator() -> None:
    figures = by(a_desk({}, {}, OF_B))
    assert list(figures) == ["organisation-a", "organisation-b"]
    mine = figures["organisation-a"]
    assert mine.automated_km == pytest.approx(0.96)
    assert mine.km[ControlMode.manual] == pytest.approx(0.96)
    assert mine.hours[ControlMode.automated] == pytest.approx(2 / 60)
    assert (mine.summaries, mine.takeovers) == (2, 2)


@pytest.mark.parametrize(
    ("group_by", "groups"),
    [("vehicle", ["vehicle-a", "vehicle-b"]), ("permit", ["permit-a", "permit-b"])],
)
def test_other_groups_can_be_asked_for(group_by: str, groups: list[str]) -> None:
    assert list(by(a_desk({}, OF_B), group_by)) == groups


def test_a_group_that_is_not_known_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        by(a_desk(), "colour")
    assert refused.value.problems[0].pointer == "/group_by"


def test_what_is_uncertain_is_counted_apart_and_by_its_claim() -> None:
    figures = by(a_desk({}, {"uncertain": True, "claimed_km": 500.0}))["organisation-a"]
    assert figures.automated_km == pytest.approx(0.48)
    assert figures.uncertain_km == 500
    assert figures.summaries == 2


def test_what_was_driven_outside_is_told() -> None:
    assert by(a_desk({"outside_km": 0.2}))["organisation-a"].outside_km == pytest.approx(0.2)


def test_incidents_are_counted_where_they_belong_even_without_a_kilometre() -> None:
    of_b = an_incident(organisation_id="organisation-b", facts=some_facts(vehicle_ids=("v1", "v2")))
    desk = a_desk({}, incidents=[an_incident(), of_b])
    assert {key: f.incidents for key, f in by(desk).items()} == {
        "organisation-a": 1,
        "organisation-b": 1,
    }
    assert {key: f.incidents for key, f in by(desk, "vehicle").items()} == {
        "vehicle-a": 1,
        "v1": 1,
        "v2": 1,
    }


def test_all_incidents_are_counted_however_many_pages_they_fill() -> None:
    desk = a_desk(incidents=[an_incident() for _ in range(5)])
    assert by(desk, limit=2)["organisation-a"].incidents == 5


def test_figures_can_be_asked_for_of_some_vehicles_only() -> None:
    both = an_incident(facts=some_facts(vehicle_ids=("vehicle-a", "vehicle-b")))
    other = an_incident(facts=some_facts(vehicle_ids=("vehicle-z",)))
    desk = a_desk({}, {"vehicle_id": "vehicle-b"}, incidents=[both, other])
    only_b = {"among": {"vehicle_id": frozenset({"vehicle-b"})}}
    (figures,) = by(desk, **only_b).values()
    assert (figures.summaries, figures.incidents) == (1, 1)
    assert list(by(desk, "vehicle", **only_b)) == ["vehicle-b"]


def test_an_incident_under_no_permit_belongs_to_no_permit() -> None:
    desk = a_desk(incidents=[an_incident(facts=some_facts(permit_id=None))])
    assert by(desk, "permit") == {}


def test_an_operator_sees_its_own_figures_only() -> None:
    desk = a_desk({}, OF_B, incidents=[an_incident(organisation_id="organisation-b")])
    assert list(by(desk, actor=A)) == ["organisation-a"]


def test_a_vehicle_sees_none() -> None:
    with pytest.raises(Forbidden):
        by(a_desk({}), actor=an_actor(Role.vehicle, organisation_id="organisation-a"))
