"""What waits for whom, soonest due first."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from service.domain.errors import Forbidden
from service.domain.incident import Obligation
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.usecases import applications, live, tasks
from service.usecases.live import Telling
from service.usecases.tasks import Task
from tests.builders import NOW, a_permit, a_vehicle, an_actor, an_incident
from tests.builders.live import a_heartbeat
from tests.usecases.desk import (
    ATC,
    AUDITOR,
    EXPERT,
    INDUSTRY,
    MANAGING,
    POLICE,
    TRANSPORT,
    A,
    B,
    Desk,
    a_desk,
    a_request,
)

CHENGDU = timezone(timedelta(hours=8))


def listed(desk: Desk, actor: Actor) -> tuple[Task, ...]:
    return desk.ask(tasks.of, actor, desk.ctx)


def waiting(desk: Desk, actor: Any) -> list[tuple[str, str]]:
    return [(task.type, task.subject) for task in listed(desk, actor)]


def test_a_submitted_application_waits_for_the_managing_unit() -> None:
    desk = a_desk()
    application = desk.submitted()
    subject = f"application:{application.id}"
    assert waiting(desk, MANAGING) == [("review", subject)]
    assert waiting(desk, POLICE) == waiting(desk, INDUSTRY) == waiting(desk, A) == []


def test_a_draft_waits_for_nobody() -> None:
    desk = a_desk()
    desk.do(applications.draft, A, a_request())
    assert waiting(desk, MANAGING) == []


def test_in_joint_review_it_waits_for_the_offices_and_then_for_the_lead() -> None:
    desk = a_desk()
    application = desk.review(MANAGING, desk.submitted())
    subject = f"application:{application.id}"
    assert waiting(desk, POLICE) == waiting(desk, INDUSTRY) == [("review", subject)]
    assert waiting(desk, ATC) == []
    desk.signed(application, POLICE, TRANSPORT)
    assert waiting(desk, POLICE) == []
    assert waiting(desk, INDUSTRY) == [("review", subject), ("confirm", subject)]


def test_what_was_returned_waits_for_its_operator() -> None:
    desk = a_desk()
    application = desk.review(MANAGING, desk.submitted(), "return")
    assert waiting(desk, A) == [("correct", f"application:{application.id}")]
    assert waiting(desk, B) == waiting(desk, MANAGING) == []


def an_obligation(key: str, **changes: Any) -> Obligation:
    (one,) = an_incident().obligations
    return replace(one, id=key, **changes)


def test_an_obligation_waits_for_its_owner_while_its_clock_runs() -> None:
    obligations = (
        an_obligation("running"),
        an_obligation("met", fulfilled_at=NOW),
        an_obligation("not started", due_at=None),
        an_obligation("an office's", owner=Role.industry),
    )
    incident = an_incident(obligations=obligations)
    desk = Desk(incident)
    assert waiting(desk, A) == waiting(desk, INDUSTRY) == [("report", f"incident:{incident.id}")]
    assert waiting(desk, B) == waiting(desk, POLICE) == []


def test_the_soonest_comes_first_whatever_clock_it_is_written_in() -> None:
    late_in_utc = an_obligation("late", due_at=NOW + timedelta(hours=3))
    early_in_chengdu = an_obligation("early", due_at=(NOW + timedelta(hours=1)).astimezone(CHENGDU))
    incidents = [an_incident(obligations=(o,)) for o in (late_in_utc, early_in_chengdu)]
    dues = [task.due_at for task in listed(Desk(*incidents), A)]
    assert dues == [early_in_chengdu.due_at, late_in_utc.due_at]


def test_what_has_no_due_time_comes_last() -> None:
    desk = a_desk(an_incident())
    desk.review(MANAGING, desk.submitted(), "return")
    assert [task.type for task in listed(desk, A)] == ["report", "correct"]


def test_every_page_of_waiting_things_is_read() -> None:
    desk = Desk(*(an_incident() for _ in range(101)))
    assert len(waiting(desk, A)) == 101


def test_a_vehicle_has_no_tasks() -> None:
    with pytest.raises(Forbidden):
        waiting(a_desk(), an_actor(Role.vehicle))


def test_a_silent_vehicle_waits_for_its_operator_and_the_authorities_until_it_speaks() -> None:
    desk = Desk(a_vehicle(id="vehicle-a"), a_permit(id="permit-a"))

    def speak() -> None:
        with desk.store.write() as tx:
            live.locate(tx, desk.ctx, [Telling("vehicle-a", a_heartbeat(at=desk.now))])

    speak()
    assert waiting(desk, A) == []
    desk.later(minutes=6)
    silent = [("vehicle_silent", "vehicle:vehicle-a")]
    assert waiting(desk, A) == waiting(desk, POLICE) == silent
    assert waiting(desk, B) == waiting(desk, EXPERT) == waiting(desk, AUDITOR) == []
    assert listed(desk, A)[0].due_at == NOW + timedelta(minutes=5)
    speak()
    assert waiting(desk, A) == []
