"""Applications up to the desk of the authorities: drafted, edited, submitted, withdrawn."""

from collections.abc import Callable
from typing import Any

import pytest

from service.domain.application import Condition
from service.domain.disclosure import disclosed
from service.domain.errors import Forbidden, IllegalStep, Malformed, NotFound, Stale
from service.domain.findings import Blocked
from service.domain.journal import Actor
from service.domain.kinds import (
    ApplicationState,
    AppliesTo,
    Change,
    ConditionKind,
    Domain,
    Phase,
    RestrictionEffect,
    RiskTier,
    Role,
    SupervisionMode,
    Use,
    VehicleKind,
    ZoneKind,
)
from service.domain.rulepack import ReviewStage
from service.usecases import applications
from service.usecases.ports import Query
from tests.builders import (
    LON,
    a_band,
    a_restriction,
    a_schedule,
    a_square,
    a_vehicle,
    a_volume,
    a_zone,
)
from tests.usecases.desk import (
    ADMIN,
    EXPERT,
    MANAGING,
    POLICE,
    A,
    B,
    Desk,
    a_desk,
    a_request,
    a_volume_request,
    in_days,
)

STATE = ApplicationState
OUTSIDE = a_volume_request(geometry=a_square(LON + 0.1))


def drafted(desk: Desk, *volumes: Any, **content: Any) -> Any:
    return desk.do(applications.draft, A, a_request(*volumes, **content))


# drafting


def test_a_draft_is_kept_with_its_places_matched() -> None:
    desk = a_desk()
    draft = drafted(desk)
    assert (draft.state, draft.version, draft.organisation_id) == (STATE.draft, 1, "organisation-a")
    assert draft.content.volumes[0].max_concurrent_vehicles == 1
    assert desk.committed.applications.get(draft.id) == draft


def test_a_volume_is_used_by_as_many_as_apply_unless_it_says_otherwise() -> None:
    desk = a_desk(a_vehicle(id="second"))
    both = {"vehicle_ids": ("vehicle-a", "second")}
    draft = drafted(desk, a_volume_request(max_concurrent_vehicles=None), **both)
    assert draft.content.volumes[0].max_concurrent_vehicles == 2


@pytest.mark.parametrize(
    ("content", "pointer", "code"),
    [
        ({"phase": Phase.flight_trial}, "/phase", "phase_of_other_domain"),
        ({"valid_to": in_days(0)}, "/valid_to", "end_before_start"),
        ({"vehicle_ids": ("nobody",)}, "/vehicle_ids/0", "unknown"),
        ({"vehicle_ids": ("vehicle-b",)}, "/vehicle_ids/0", "unknown"),
        ({"vehicle_ids": ("vehicle-a", "vehicle-a")}, "/vehicle_ids/1", "repeated"),
        ({"vehicle_ids": ("drone",)}, "/vehicle_ids/0", "vehicle_of_other_domain"),
        ({"person_ids": ("person-b",)}, "/person_ids/0", "unknown"),
        ({"insurance_ids": ("insurance-a", "insurance-b")}, "/insurance_ids/1", "unknown"),
        ({"follows": "nothing"}, "/follows", "unknown"),
        ({"valid_to": in_days(89)}, "/volumes/0/schedule", "schedule_outside_validity"),
        ({"valid_from": in_days(1)}, "/volumes/0/schedule", "schedule_outside_validity"),
        (
            {"requested_conditions": (Condition(ConditionKind.max_speed_mps, "fast", ""),)},
            "/requested_conditions/0/value",
            "condition_value",
        ),
        (
            {"requested_conditions": (Condition(ConditionKind.supervision_mode, "vlos", ""),)},
            "/requested_conditions/0/value",
            "supervision_of_other_domain",
        ),
        (
            {"supervision_mode": SupervisionMode.bvlos},
            "/supervision_mode",
            "supervision_of_other_domain",
        ),
    ],
)
def test_what_cannot_be_used_is_named(content: dict[str, Any], pointer: str, code: str) -> None:
    desk = a_desk(a_vehicle(id="drone", domain=Domain.air, vehicle_kind=VehicleKind.multirotor))
    with pytest.raises(Malformed) as refused:
        drafted(desk, **content)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [(pointer, code)]
    assert desk.committed.applications.count() == 0


def test_everything_that_cannot_be_used_is_named_at_once() -> None:
    with pytest.raises(Malformed) as refused:
        drafted(a_desk(), vehicle_ids=("vehicle-b",), phase=Phase.flight_trial, follows="nothing")
    assert {p.pointer for p in refused.value.problems} == {"/phase", "/vehicle_ids/0", "/follows"}


def test_another_operators_permit_cannot_be_continued_and_looks_absent() -> None:
    desk = a_desk()
    theirs = desk.permit(B, of="b")
    words = []
    for key in (theirs.id, "nothing"):
        with pytest.raises(Malformed) as refused:
            drafted(desk, follows=key)
        words.append(refused.value.problems[0].message.en.replace(key, "?"))
    assert words[0] == words[1]


def test_an_office_drafts_nothing() -> None:
    with pytest.raises(Forbidden):
        a_desk().do(applications.draft, POLICE, a_request())


# who sees what


def withdrawn_draft(desk: Desk) -> Any:
    return desk.do(applications.withdraw, A, drafted(desk).id)


@pytest.mark.parametrize("never_handed_in", [drafted, withdrawn_draft])
@pytest.mark.parametrize("actor", [B, MANAGING, POLICE, EXPERT, ADMIN])
def test_what_was_never_handed_in_is_its_authors_alone(
    actor: Actor, never_handed_in: Callable[[Desk], Any]
) -> None:
    desk = a_desk()
    application = never_handed_in(desk)
    with pytest.raises(NotFound):
        desk.ask(applications.get, actor, application.id)
    assert desk.ask(applications.page, actor, Query()).items == ()
    assert len(desk.ask(applications.page, A, Query()).items) == 1


def test_what_was_handed_in_is_the_offices_to_see_and_not_the_competitors() -> None:
    desk = a_desk()
    application = desk.submitted()
    assert desk.ask(applications.get, POLICE, application.id) == application
    assert len(desk.ask(applications.page, POLICE, Query()).items) == 1
    with pytest.raises(NotFound):
        desk.ask(applications.get, B, application.id)
    assert desk.ask(applications.page, B, Query()).items == ()


def test_what_was_done_is_told_line_by_line() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING)
    lines = desk.ask(applications.history, A, application.id)
    assert [line.action for line in lines] == ["draft", "submit", "review_approve"]
    with pytest.raises(NotFound):
        desk.ask(applications.history, B, application.id)


# editing


def test_an_edit_is_a_new_version() -> None:
    desk = a_desk()
    draft = drafted(desk)
    edited = desk.do(applications.edit, A, draft.id, a_request(title="另一标题"), 1)
    assert (edited.version, edited.content.title) == (2, "另一标题")
    with pytest.raises(Stale):
        desk.do(applications.edit, A, draft.id, a_request(), 1)


def test_what_was_handed_in_is_not_edited_whatever_is_asked_for() -> None:
    desk = a_desk()
    application = desk.submitted()
    with pytest.raises(IllegalStep):
        desk.do(applications.edit, A, application.id, a_request(vehicle_ids=("nobody",)), 1)


@pytest.mark.parametrize(("actor", "refusal"), [(B, NotFound), (POLICE, NotFound)])
def test_nobody_else_edits_a_draft(actor: Any, refusal: type[Exception]) -> None:
    desk = a_desk()
    draft = drafted(desk)
    with pytest.raises(refusal):
        desk.do(applications.edit, actor, draft.id, a_request(), 1)


# submitting


def test_submitting_finds_risk_lines_and_due_times() -> None:
    application = a_desk().submitted()
    assert application.state is STATE.submitted
    assert application.submitted_at == application.created_at
    assert application.risk is not None
    assert application.risk.tier is RiskTier.low
    assert [(line.role, line.stage, line.lead) for line in application.required_reviews] == [
        (Role.managing_unit, ReviewStage.completeness, False),
        (Role.industry, ReviewStage.joint, True),
        (Role.police, ReviewStage.joint, False),
        (Role.transport, ReviewStage.joint, False),
    ]
    assert all(line.due_at and line.due_at > in_days(5) for line in application.required_reviews)
    assert application.pack_version


@pytest.mark.parametrize(
    "volumes", [(OUTSIDE,), (a_volume_request(), OUTSIDE)], ids=["all", "a part"]
)
def test_an_uncovered_part_is_refused_and_the_draft_kept(volumes: tuple[Any, ...]) -> None:
    desk = a_desk()
    draft = drafted(desk, *volumes)
    with pytest.raises(Blocked) as refused:
        desk.do(applications.submit, A, draft.id)
    assert [f.rule.id for f in refused.value.findings] == ["sharing.zone_coverage"]
    assert desk.committed.applications.get(draft.id) == draft


def test_every_blocker_is_named_and_nothing_else() -> None:
    desk = a_desk()
    desk.permit(B, of="b", volumes=(a_volume_request(use=Use.exclusive),))
    desk.submitted(B, of="b")
    draft = drafted(desk, a_volume_request(), OUTSIDE)
    with pytest.raises(Blocked) as refused:
        desk.do(applications.submit, A, draft.id)
    assert {f.rule.id for f in refused.value.findings} == {
        "sharing.zone_coverage",
        "sharing.permit_exclusive",
    }


def test_a_doubt_may_be_handed_in() -> None:
    always = a_zone().volume.schedule
    road_area = a_zone(zone_kind=ZoneKind.urban_road, volume=a_volume(schedule=always))
    desk = a_desk(zones=(road_area,))
    line = a_volume_request(
        zone_kind=ZoneKind.urban_road, geometry=a_square().exterior, width_m=4.0
    )
    application = desk.submitted(volumes=(line,))
    assert [f.verdict for f in application.findings] == ["indeterminate"]


def test_submitting_another_version_than_the_current_one_is_stale() -> None:
    desk = a_desk()
    draft = drafted(desk)
    with pytest.raises(Stale):
        desk.do(applications.submit, A, draft.id, 2)


@pytest.mark.parametrize("actor", [B, MANAGING])
def test_nobody_else_submits_it(actor: Any) -> None:
    desk = a_desk()
    draft = drafted(desk)
    with pytest.raises(NotFound):
        desk.do(applications.submit, actor, draft.id)


def test_an_office_may_see_and_not_submit() -> None:
    desk = a_desk()
    application = desk.submitted()
    with pytest.raises(Forbidden):
        desk.do(applications.submit, MANAGING, application.id)


def test_a_coordination_calls_in_its_office() -> None:
    desk = a_desk(zones=(a_zone(max_concurrent_vehicles=1),))
    desk.permit(B, of="b")
    application = desk.submitted()
    (finding,) = application.findings
    assert finding.rule.id == "sharing.permit_capacity"
    (line,) = [r for r in application.required_reviews if r.role is Role.managing_unit]
    assert line.asked_at == desk.now


def test_a_place_that_needs_authorization_calls_in_the_police() -> None:
    place = a_restriction(effect=RestrictionEffect.requires_authorization, applies_to=AppliesTo.air)
    airspace = a_zone(
        zone_kind=ZoneKind.low_altitude_area,
        phases_open=(Phase.flight_trial,),
        volume=a_volume(altitude=a_band(0, 120), schedule=a_zone().volume.schedule),
    )
    drone = a_vehicle(id="drone", domain=Domain.air, vehicle_kind=VehicleKind.multirotor)
    desk = a_desk(place, drone, zones=(airspace,))
    application = desk.submitted(
        domain=Domain.air,
        phase=Phase.flight_trial,
        vehicle_ids=("drone",),
        supervision_mode=SupervisionMode.vlos,
        volumes=(a_volume_request(zone_kind=ZoneKind.low_altitude_area, altitude=a_band(60, 110)),),
    )
    assert [f.rule.id for f in application.findings] == [
        "sharing.restriction_requires_authorization"
    ]
    assert application.lead_role is Role.atc
    (police,) = [line for line in application.required_reviews if line.role is Role.police]
    assert police.asked_at == desk.now


def test_a_high_risk_goes_to_the_experts() -> None:
    application = a_desk().submitted(
        passengers=True,
        over_people=True,
        supervision_mode=SupervisionMode.remote,
    )
    assert application.risk is not None
    assert application.risk.tier is RiskTier.high
    roles = [line.role for line in application.required_reviews]
    assert Role.expert in roles
    assert Role.emergency in roles


def test_what_continues_a_permit_tells_what_it_changes() -> None:
    desk = a_desk()
    permit = desk.permit()
    longer = a_volume_request(schedule=a_schedule(end=in_days(120)))
    application = desk.submitted(volumes=(longer,), follows=permit.id, valid_to=in_days(120))
    assert application.changes == (Change.period,)


def test_pending_applications_are_for_offices_to_know() -> None:
    desk = a_desk()
    desk.submitted(B, of="b")
    own = desk.submitted()
    application = desk.submitted()
    told = [f.against[0].owner_id for f in disclosed(POLICE, application.findings)]
    assert sorted(told) == ["organisation-a", "organisation-b"]
    assert [f.against[0].id for f in disclosed(A, application.findings)] == [own.id]
    assert disclosed(EXPERT, application.findings) == ()


# withdrawing


def test_an_application_is_taken_back_until_it_is_decided() -> None:
    desk = a_desk()
    application = desk.submitted()
    assert desk.do(applications.withdraw, A, application.id).state is STATE.withdrawn
    with pytest.raises(IllegalStep):
        desk.do(applications.withdraw, A, application.id)


def test_an_office_takes_nothing_back() -> None:
    desk = a_desk()
    application = desk.submitted()
    with pytest.raises(Forbidden):
        desk.do(applications.withdraw, MANAGING, application.id)
