"""Who shares road: two uses by length, many by the pieces on which they are together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.network import StretchUse
from geo.usage import pieces, shared


def use(name: str, from_m: float, to_m: float, forward: bool = True) -> StretchUse:
    return StretchUse(name, from_m, to_m, forward)


@pytest.mark.parametrize(
    ("a", "b", "expected_m"),
    [
        ([use("r", 0, 100)], [use("r", 50, 200)], 50),
        ([use("r", 0, 100)], [use("r", 100, 200)], 0),
        ([use("r", 0, 100.4)], [use("r", 100, 200)], 0),
        ([use("r", 0, 100)], [use("q", 0, 100)], 0),
        ([use("r", 0, 100)], [use("r", 0, 100, forward=False)], 0),
        ([use("r", 0, 100), use("r", 50, 150)], [use("r", 0, 500)], 150),
        ([use("r", 0, 100), use("q", 0, 10)], [use("q", 5, 7), use("r", 90, 95)], 7),
        ([], [use("r", 0, 100)], 0),
    ],
)
def test_sharing_is_length_on_one_stretch_in_one_direction(
    a: list[StretchUse], b: list[StretchUse], expected_m: float
) -> None:
    assert shared(a, b) == shared(b, a) == expected_m


def test_a_piece_has_the_same_users_all_along() -> None:
    users = [[use("r", 0, 100)], [use("r", 50, 200)], [use("r", 150, 300, forward=False)]]
    found = [(piece.forward, piece.from_m, piece.to_m, set(piece.users)) for piece in pieces(users)]
    assert found == [
        (True, 0.5, 50.5, {0}),
        (True, 50.5, 99.5, {0, 1}),
        (True, 99.5, 199.5, {1}),
        (False, 150.5, 299.5, {2}),
    ]


def test_who_passes_twice_is_one_user() -> None:
    twice = [use("r", 0, 100), use("r", 50, 150)]
    assert [set(piece.users) for piece in pieces([twice])] == [{0}]


def test_where_one_ends_and_another_begins_there_is_no_crowd() -> None:
    users = [[use("r", 0, 100.3)], [use("r", 100, 200)], [use("r", 0, 200)]]
    assert max(len(piece.users) for piece in pieces(users)) == 2


def test_a_stretch_shorter_than_a_touch_is_still_used() -> None:
    assert [set(piece.users) for piece in pieces([[use("r", 0, 0.8)]] * 2)] == [{0, 1}]


def test_a_crowd_among_many_ends_is_not_lost() -> None:
    ends = [[use("r", 0, 10 + 0.3 * n)] for n in range(100)]
    users = [[use("r", 0, 100)], [use("r", 0, 100)], *ends]
    assert all({0, 1} <= piece.users for piece in pieces(users))


Uses = st.lists(
    st.builds(
        lambda start, length, forward: StretchUse("r", 2 * start, 2 * (start + length), forward),
        st.integers(0, 25),
        st.integers(1, 15),
        st.booleans(),
    ),
    max_size=3,
)


@given(st.lists(Uses, max_size=4))
def test_at_every_metre_the_users_are_those_that_pass_it(users: list[list[StretchUse]]) -> None:
    found = list(pieces(users))
    for forward in (True, False):
        for metre in range(1, 81, 2):
            passing = {
                number
                for number, uses in enumerate(users)
                for use in uses
                if use.forward is forward and use.from_m < metre < use.to_m
            }
            here = [p for p in found if p.forward is forward and p.from_m < metre < p.to_m]
            assert {user for piece in here for user in piece.users} == passing
            assert len(here) <= 1


def test_a_two_way_road_is_shared_with_those_who_drive_it_back_only() -> None:
    there, back = use("r", 0, 100), use("r", 0, 100, forward=False)
    assert shared([there, back], [back]) == 100
    found = {(p.forward, frozenset(p.users)) for p in pieces([[there], [back], [back]])}
    assert found == {(True, frozenset({0})), (False, frozenset({1, 2}))}
