"""Settling what geometry could not: by the competent office, for one version, no blocker."""

from typing import Any

import pytest

from geo.conflict import Verdict
from service.domain.application import Application, Condition
from service.domain.errors import Forbidden, IllegalStep, NotFound, Refused
from service.domain.findings import Blocked
from service.domain.journal import Actor
from service.domain.kinds import (
    ApplicationState,
    ConditionKind,
    Role,
    SupervisionMode,
    Use,
    ZoneKind,
)
from service.domain.permit import Permit
from service.usecases import applications, decisions
from tests.builders import a_line, a_volume, a_zone
from tests.usecases.desk import (
    INDUSTRY,
    MANAGING,
    POLICE,
    TRANSPORT,
    A,
    B,
    Desk,
    a_desk,
    a_volume_request,
)

STATE = ApplicationState
RISKY = {
    "passengers": True,
    "over_people": True,
    "supervision_mode": SupervisionMode.remote,
}
SLOW = Condition(ConditionKind.max_speed_mps, "8.3", "限速30公里")


# settling findings


def doubtful(desk: Desk, *signers: Actor) -> Application:
    """A line on a road area that no road of the network explains."""
    line = a_volume_request(zone_kind=ZoneKind.urban_road, geometry=a_line(), width_m=4.0)
    application = desk.submitted(volumes=(line,))
    return desk.signed(application, *signers) if signers else application


def a_doubtful_desk() -> Desk:
    always = a_zone().volume.schedule
    road = a_zone(zone_kind=ZoneKind.urban_road, volume=a_volume(a_line(), 15, schedule=always))
    return a_desk(zones=(road,))


def settle(desk: Desk, application: Application, actor: Actor = TRANSPORT) -> Any:
    finding_id = application.findings[0].id
    return desk.do(decisions.resolve_finding, actor, finding_id, "现场踏勘", "为辅道", None)


def test_an_open_question_keeps_it_from_being_confirmed_until_it_is_settled() -> None:
    desk = a_doubtful_desk()
    application = doubtful(desk, MANAGING, POLICE, TRANSPORT)
    refusal = desk.withheld(application).refusal
    assert isinstance(refusal, Blocked)
    assert [f.verdict for f in refusal.findings] == [Verdict.indeterminate]
    settled = settle(desk, application)
    assert (settled.resolution.by, settled.resolution.role) == ("transport", Role.transport)
    assert isinstance(desk.confirm(application), Permit)


def test_the_lead_may_settle_whatever_office_it_is_for() -> None:
    desk = a_doubtful_desk()
    assert settle(desk, doubtful(desk), INDUSTRY).resolution is not None


@pytest.mark.parametrize("actor", [POLICE, MANAGING])
def test_an_office_settles_only_what_is_its_own(actor: Actor) -> None:
    desk = a_doubtful_desk()
    with pytest.raises(Forbidden):
        settle(desk, doubtful(desk), actor)


def test_an_operator_settles_nothing() -> None:
    desk = a_doubtful_desk()
    with pytest.raises(Forbidden):
        settle(desk, doubtful(desk), A)


def test_a_settlement_is_of_one_version_and_a_new_one_opens_the_question_again() -> None:
    desk = a_doubtful_desk()
    application = doubtful(desk, MANAGING)
    settle(desk, application)
    desk.review(POLICE, application, "return")
    again = desk.do(applications.submit, A, application.id)
    assert [f.resolution for f in again.findings] == [None]


def test_a_blocking_conflict_cannot_be_settled_away() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(volumes=(a_volume_request(use=Use.exclusive),)))
    desk.permit(B, of="b")
    blocked = desk.withheld(application).application
    with pytest.raises(Refused) as refused:
        settle(desk, blocked, INDUSTRY)
    assert refused.value.code == "blocking_conflict"


def test_nothing_is_settled_after_the_decision() -> None:
    desk = a_doubtful_desk()
    application = doubtful(desk)
    desk.review(MANAGING, application, "reject")
    with pytest.raises(IllegalStep):
        settle(desk, application)


def test_a_finding_nobody_made_is_not_found() -> None:
    desk = a_desk()
    application = desk.submitted()
    with pytest.raises(NotFound):
        desk.do(decisions.resolve_finding, INDUSTRY, f"{application.id}.0", "b", "r")
