"""Restricting places: draft, publish, withdraw; who knows of which, and whom they hit."""

from typing import Any

import pytest

from geo.network import StretchUse
from service.domain.errors import Forbidden, IllegalStep, NotFound, Stale
from service.domain.journal import NOBODY, Actor
from service.domain.kinds import AppliesTo, RestrictionState, Role, Visibility, ZoneKind
from service.usecases import restrictions
from service.usecases.ports import Query
from tests.builders import (
    LON,
    a_band,
    a_content,
    a_line,
    a_permit,
    a_planned_volume,
    a_restriction,
    a_road,
    a_square,
    a_volume,
    a_zone,
    an_actor,
)
from tests.usecases.desk import (
    ADMIN,
    AUDITOR,
    EXPERT,
    POLICE,
    A,
    B,
    Desk,
    a_desk,
    a_restriction_request,
    a_volume_request,
)

HIDDEN = a_restriction(id="hidden", visibility=Visibility.authorities)
TOLD = a_restriction(id="told", visibility=Visibility.operators)
OPEN = a_restriction(id="open", visibility=Visibility.public)
DRAFT = a_restriction(id="draft", state=RestrictionState.draft)
OVER = a_restriction(id="over", state=RestrictionState.withdrawn)


def test_a_restriction_is_drafted_edited_published_and_withdrawn() -> None:
    desk = Desk()
    drafted = desk.do(restrictions.draft, POLICE, a_restriction_request())
    assert (drafted.state, drafted.authority) == (RestrictionState.draft, Role.police)
    moved = a_restriction_request(geometry=a_square(LON + 0.1))
    edited = desk.do(restrictions.edit, POLICE, drafted.id, moved, 1)
    assert edited.revision == 2
    for name in ("publish", "withdraw"):
        edited = desk.do(restrictions.step, POLICE, drafted.id, name)
    assert edited.state is RestrictionState.withdrawn
    assert desk.committed.restrictions.get(drafted.id) == edited


def test_an_edit_of_an_older_revision_is_stale() -> None:
    desk = Desk(a_restriction(id="r", state=RestrictionState.draft, revision=2))
    with pytest.raises(Stale):
        desk.do(restrictions.edit, POLICE, "r", a_restriction_request(), 1)


def test_a_published_restriction_is_not_edited() -> None:
    with pytest.raises(IllegalStep):
        Desk(OPEN).do(restrictions.edit, POLICE, "open", a_restriction_request(), 1)


def test_an_operator_restricts_nothing() -> None:
    with pytest.raises(Forbidden):
        Desk().do(restrictions.draft, A, a_restriction_request())


@pytest.mark.parametrize(
    ("actor", "known"),
    [
        (POLICE, {"hidden", "told", "open", "draft", "over"}),
        (ADMIN, {"hidden", "told", "open", "draft", "over"}),
        (AUDITOR, {"hidden", "told", "open", "draft", "over"}),
        (A, {"told", "open"}),
        (EXPERT, {"told", "open"}),
        (an_actor(Role.vehicle), {"told", "open"}),
        (NOBODY, {"open"}),
    ],
)
def test_lists_and_single_reads_tell_everyone_the_same(actor: Actor, known: set[str]) -> None:
    desk = Desk(HIDDEN, TOLD, OPEN, DRAFT, OVER)
    listed = {r.id for r in desk.ask(restrictions.page, actor, Query()).items}
    assert listed == known
    assert {
        key for key in ("hidden", "told", "open", "draft", "over") if seen(desk, actor, key)
    } == known


def seen(desk: Desk, actor: Actor, key: str) -> bool:
    try:
        return desk.ask(restrictions.get, actor, key).id == key
    except NotFound:
        return False


def test_asking_for_what_is_hidden_by_its_visibility_finds_nothing() -> None:
    asked_for = Query(among={"visibility": frozenset({"authorities"})})
    assert Desk(HIDDEN, OPEN).ask(restrictions.page, A, asked_for).items == ()


def test_a_page_is_full_whatever_is_hidden_before_it() -> None:
    desk = Desk(HIDDEN, OPEN, TOLD)
    page = desk.ask(restrictions.page, A, Query(limit=2))
    assert [r.id for r in page.items] == ["open", "told"]
    assert page.next is None


def affected(desk: Desk, actor: Actor, **changes: Any) -> list[str]:
    restriction = desk.do(restrictions.draft, POLICE, a_restriction_request(**changes))
    desk.do(restrictions.step, POLICE, restriction.id, "publish")
    return [p.id for p in desk.ask(restrictions.affected, actor, desk.ctx, restriction.id)]


def test_those_it_hits_are_listed() -> None:
    desk = a_desk(a_zone(id="second", volume=a_volume(a_square(LON + 0.02))))
    here, there = a_volume_request(), a_volume_request(geometry=a_square(LON + 0.02))
    permit = desk.permit(volumes=(here, there))
    assert affected(desk, POLICE) == [permit.id]


@pytest.mark.parametrize(
    "changes",
    [
        {"geometry": a_square(LON + 0.01)},
        {"applies_to": AppliesTo.air, "altitude": a_band()},
    ],
)
def test_those_it_does_not_reach_or_concern_are_not(changes: dict[str, Any]) -> None:
    desk = a_desk()
    desk.permit()
    assert affected(desk, POLICE, **changes) == []


def test_a_draft_already_tells_whom_it_would_hit() -> None:
    desk = a_desk()
    permit = desk.permit()
    drafted = desk.do(restrictions.draft, POLICE, a_restriction_request())
    hit = desk.ask(restrictions.affected, POLICE, desk.ctx, drafted.id)
    assert [p.id for p in hit] == [permit.id]


def test_an_operator_learns_only_of_its_own_permits() -> None:
    desk = a_desk()
    mine = desk.permit(A)
    desk.permit(B, of="b")
    assert affected(desk, A) == [mine.id]


def test_an_operator_learns_nothing_through_what_it_may_not_know_of() -> None:
    desk = a_desk()
    desk.permit()
    with pytest.raises(NotFound):
        affected(desk, A, visibility=Visibility.authorities)


@pytest.mark.parametrize(("level", "hit"), [(0, []), (1, ["permit"])])
def test_a_permit_is_hit_on_the_level_that_its_road_has_today(level: int, hit: list[str]) -> None:
    drive = a_planned_volume(
        zone_kind=ZoneKind.urban_road,
        volume=a_volume(a_line(), 2.0, levels=frozenset({0})),
        stretches=(StretchUse("r1", 0, 900, True),),
    )
    permit = a_permit(id="permit", content=a_content(volumes=(drive,)))
    desk = Desk(a_road(id="r1", level=level), permit)
    assert affected(desk, POLICE, geometry=a_square(), levels=frozenset({1})) == hit
