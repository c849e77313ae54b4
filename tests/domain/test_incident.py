"""Incidents: obligations met once, and no closing while a clock runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.errors import IllegalStep, NotFound, Refused
from service.domain.incident import Obligation
from service.domain.incident_kinds import IncidentState
from tests.builders import NOW, an_incident

(OWED,) = an_incident().obligations
NOT_STARTED = replace(OWED, id="later", due_at=None, provisional=True)
LATER = NOW + timedelta(hours=1)


def test_an_obligation_is_met_with_a_proof() -> None:
    both = an_incident(obligations=(OWED, NOT_STARTED)).fulfilled(OWED.id, LATER, "回执 17")
    assert both.obligations == (replace(OWED, fulfilled_at=LATER, proof="回执 17"), NOT_STARTED)


def test_an_obligation_is_met_once_and_its_proof_stays() -> None:
    met = an_incident().fulfilled(OWED.id, NOW, "回执 17")
    with pytest.raises(Refused) as refused:
        met.fulfilled(OWED.id, LATER, "别的")
    assert refused.value.code == "already_fulfilled"


def test_an_obligation_of_another_incident_is_not_found() -> None:
    with pytest.raises(NotFound):
        an_incident().fulfilled("stranger", NOW, "回执")


@pytest.mark.parametrize(
    ("obligation", "running"),
    [(OWED, True), (NOT_STARTED, False), (replace(OWED, fulfilled_at=NOW), False)],
)
def test_a_clock_runs_from_its_start_until_the_obligation_is_met(
    obligation: Obligation, running: bool
) -> None:
    assert obligation.is_running is running


def test_an_incident_is_not_closed_while_a_clock_runs() -> None:
    with pytest.raises(Refused) as refused:
        an_incident().after("close")
    assert refused.value.code == "open_obligations"


def test_a_clock_that_never_started_does_not_keep_it_open() -> None:
    closed = an_incident(obligations=(NOT_STARTED,)).after("close")
    assert closed.state is IncidentState.closed


def test_what_is_closed_is_not_closed_again() -> None:
    with pytest.raises(IllegalStep):
        an_incident(obligations=(), state=IncidentState.closed).after("close")
