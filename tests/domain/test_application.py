"""Applications: versions, signatures that bind to one of them, and what is still to be signed."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from geo.schedule import Weekday, WeeklyWindow
from service.domain.application import Application, Condition, RequiredReview, Review
from service.domain.errors import IllegalStep, Stale
from service.domain.kinds import ApplicationState, ConditionKind, ReviewDecision, Role
from service.domain.rulepack import ReviewStage
from tests.builders import NOW, a_content, an_application
from tests.domain.findings import INDETERMINATE, a_finding

DRAFT, RETURNED = ApplicationState.draft, ApplicationState.returned
CHECKED = RequiredReview(Role.managing_unit, ReviewStage.completeness, False, "r1")
ADVISED = RequiredReview(Role.expert, ReviewStage.expert, False, "r2")
LED = RequiredReview(Role.industry, ReviewStage.joint, True, "r3")
POLICED = RequiredReview(Role.police, ReviewStage.joint, False, "r4")
LINES = (CHECKED, LED, POLICED)


def said(role: Role, version: int = 1, **changes: Any) -> Review:
    review = Review(role, None, version, ReviewDecision.approve, str(role), NOW)
    return replace(review, **changes)


def under_review(*reviews: Review, **changes: Any) -> Application:
    given = {"state": ApplicationState.joint_review, "required_reviews": LINES, **changes}
    return an_application(reviews=reviews, **given)


# versions


@pytest.mark.parametrize("state", [DRAFT, RETURNED])
def test_an_edit_is_a_new_version_with_nothing_settled(state: ApplicationState) -> None:
    other = a_content(title="另一标题")
    edited = an_application(state=state, findings=(a_finding(),)).edited(other)
    assert (edited.version, edited.content, edited.findings) == (2, other, ())
    assert edited.state is state


@pytest.mark.parametrize("state", [s for s in ApplicationState if s not in (DRAFT, RETURNED)])
def test_what_was_handed_in_cannot_be_edited(state: ApplicationState) -> None:
    with pytest.raises(IllegalStep):
        an_application(state=state).edited(a_content())


def test_acting_on_another_version_than_the_current_one_is_stale() -> None:
    current = an_application(version=3)
    assert current.at_version(3) is current
    with pytest.raises(Stale) as stale:
        current.at_version(2)
    assert (stale.value.current, stale.value.given) == (3, 2)


def test_a_draft_is_submitted_as_it_is() -> None:
    handed_in = an_application(state=DRAFT).handed_in()
    assert (handed_in.state, handed_in.version) == (ApplicationState.submitted, 1)


def test_what_was_edited_after_it_was_returned_is_resubmitted_as_that_version() -> None:
    returned = under_review(said(Role.police, decision=ReviewDecision.return_), state=RETURNED)
    handed_in = returned.edited(a_content()).handed_in()
    assert (handed_in.state, handed_in.version) == (ApplicationState.submitted, 2)


def test_what_comes_back_unaltered_is_a_new_version_that_nobody_has_signed() -> None:
    returned = under_review(
        said(Role.managing_unit),
        said(Role.police, decision=ReviewDecision.return_),
        state=RETURNED,
        findings=(a_finding(verdict=INDETERMINATE),),
    )
    handed_in = returned.handed_in()
    assert (handed_in.version, handed_in.findings) == (2, ())
    assert handed_in.content == returned.content
    assert handed_in.signature(CHECKED) is None


def test_reviews_of_older_versions_do_not_hide_those_of_this_one() -> None:
    second_time = [said(Role.police, v, decision=ReviewDecision.return_) for v in (1, 2)]
    returned = under_review(*second_time, state=RETURNED, version=2)
    assert returned.handed_in().version == 3


@pytest.mark.parametrize("state", [s for s in ApplicationState if s not in (DRAFT, RETURNED)])
def test_nothing_is_handed_in_twice(state: ApplicationState) -> None:
    with pytest.raises(IllegalStep):
        an_application(state=state).handed_in()


# signatures


def test_an_approval_of_the_current_version_signs_the_line() -> None:
    approval = said(Role.police)
    assert under_review(approval).signature(POLICED) == approval


@pytest.mark.parametrize(
    "other",
    [
        said(Role.transport),
        said(Role.police, version=2),
        said(Role.police, district="510107"),
        said(Role.police, decision=ReviewDecision.return_),
        said(Role.police, decision=ReviewDecision.reject),
    ],
)
def test_nothing_else_signs_it(other: Review) -> None:
    assert under_review(other).signature(POLICED) is None


def test_reviews_of_an_older_version_stay_and_count_for_nothing() -> None:
    newer = under_review(said(Role.police), said(Role.managing_unit), version=2)
    assert len(newer.reviews) == 2
    assert newer.unsigned() == LINES


def test_a_signature_older_than_what_calls_the_office_in_does_not_count() -> None:
    asked_again = replace(POLICED, asked_at=NOW + timedelta(seconds=1))
    early, late = said(Role.police), said(Role.police, at=NOW + timedelta(seconds=1))
    assert under_review(early).signature(asked_again) is None
    assert under_review(early, late).signature(asked_again) == late


def test_the_lines_of_one_stage_can_be_asked_for() -> None:
    application = under_review(said(Role.industry))
    assert application.unsigned(ReviewStage.joint) == (POLICED,)
    assert application.unsigned(ReviewStage.completeness) == (CHECKED,)


@pytest.mark.parametrize(
    ("state", "signable"),
    [
        (ApplicationState.draft, ()),
        (ApplicationState.submitted, (CHECKED,)),
        (ApplicationState.completeness_check, (CHECKED,)),
        (ApplicationState.expert_review, (CHECKED, ADVISED)),
        (ApplicationState.joint_review, (CHECKED, ADVISED, LED)),
        (ApplicationState.returned, ()),
        (ApplicationState.confirmed, ()),
    ],
)
def test_a_line_can_be_signed_once_its_stage_has_come_even_if_it_came_late(
    state: ApplicationState, signable: tuple[RequiredReview, ...]
) -> None:
    lines = (CHECKED, ADVISED, LED)
    assert under_review(state=state, required_reviews=lines).signable == signable


def test_only_the_leads_confirmation_is_awaited_when_all_others_have_signed() -> None:
    almost = under_review(said(Role.managing_unit))
    ready = under_review(said(Role.managing_unit), said(Role.police))
    assert not almost.awaits(Role.industry)
    assert almost.unsigned_by_others(Role.industry) == (POLICED,)
    assert ready.awaits(Role.industry)
    assert not ready.awaits(Role.police)
    assert not replace(ready, state=ApplicationState.expert_review).awaits(Role.industry)


def test_the_lead_is_the_office_of_the_lead_line() -> None:
    assert under_review().lead_role is Role.industry
    assert an_application(state=DRAFT).lead_role is None


def test_a_districts_line_is_for_that_district_to_sign() -> None:
    line = RequiredReview(Role.district, ReviewStage.joint, False, "r", district="510107")
    assert line.is_of(Role.district, "510107")
    assert not line.is_of(Role.district, "510104")
    assert not line.is_of(Role.police, "510107")
    assert POLICED.is_of(Role.police, "510107")


# conditions


@pytest.mark.parametrize(
    ("kind", "value", "sound"),
    [
        (ConditionKind.max_speed_mps, "13.9", True),
        (ConditionKind.max_speed_mps, "60 km/h", False),
        (ConditionKind.max_speed_mps, "0", False),
        (ConditionKind.max_speed_mps, "nan", False),
        (ConditionKind.max_speed_mps, "inf", False),
        (ConditionKind.max_speed_mps, "-5", False),
        (ConditionKind.max_speed_mps, "1_0", False),
        (ConditionKind.max_speed_mps, "１０", False),
        (ConditionKind.max_speed_mps, "1e3", False),
        (ConditionKind.max_concurrent_vehicles, "3", True),
        (ConditionKind.max_concurrent_vehicles, "0", False),
        (ConditionKind.max_concurrent_vehicles, "-1", False),
        (ConditionKind.max_concurrent_vehicles, "many", False),
        (ConditionKind.max_concurrent_vehicles, "1.5", False),
        (ConditionKind.max_concurrent_vehicles, "٣", False),
        (ConditionKind.max_concurrent_vehicles, "9" * 250, False),
        (ConditionKind.supervision_mode, "driver_seat", True),
        (ConditionKind.supervision_mode, "asleep", False),
        (ConditionKind.hours, "22:00-05:00", True),
        (ConditionKind.hours, "00:00-00:01", True),
        (ConditionKind.hours, "08:00-08:00", False),
        (ConditionKind.hours, "08:00-24:00", False),
        (ConditionKind.hours, "8:00-18:00", False),
        (ConditionKind.hours, "08:60-18:00", False),
        (ConditionKind.hours, "08:00-18:00\n", False),
        (ConditionKind.hours, "by day", False),
        (ConditionKind.weather, "无雨", True),
    ],
)
def test_a_condition_is_sound_when_a_machine_can_check_it(
    kind: ConditionKind, value: str, sound: bool
) -> None:
    assert Condition(kind, value, "").is_sound is sound


def test_the_hours_of_a_condition_are_those_of_every_day() -> None:
    nights = Condition(ConditionKind.hours, "22:00-05:00", "").daily_window
    assert nights == WeeklyWindow(frozenset(Weekday), time(22), time(5))
    assert nights.overnight
    assert Condition(ConditionKind.hours, "by day", "").daily_window is None
