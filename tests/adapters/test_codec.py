"""Values to canonical text and back: exact, for every type that a stored value is made of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal

import numpy as np
import pytest
import rfc8785
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.schedule import Schedule, Weekday
from geo.text import Text
from service.adapters.db.codec import CodecError, codec_of, decode, encode, encode_quickly
from service.adapters.db.resources import RESOURCES
from service.domain.evidence import Evidence
from service.domain.kinds import ControlMode, RoadClass
from service.domain.telemetry import Summary
from tests.builders import NOW, a_schedule, a_square, nights


@dataclass(frozen=True)
class Part:
    """A value within a value."""

    name: Text
    road_class: RoadClass


@dataclass(frozen=True)
class Everything:
    """A field of every kind."""

    yes: bool
    number: int
    measure: float
    words: str
    maybe: float | None
    part: Part | None
    at: datetime
    day: date
    hour: time | Literal["sunrise", "sunset"]
    lasts: timedelta
    parts: tuple[Part, ...]
    pair: tuple[str, int]
    days: frozenset[Weekday]
    dates: frozenset[date]
    by_mode: Mapping[ControlMode, float]
    items: tuple[Mapping[str, str | int | None], ...]
    core: BaseGeometry
    line: LineString
    area: Polygon | MultiPolygon | None


finite = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(exclude_categories=["Cs"]))
degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
lines = st.lists(degrees, min_size=2, max_size=6).map(LineString)
squares = st.builds(a_square, st.floats(-170, 170), st.floats(-80, 80), st.floats(0.001, 1))
areas = st.one_of(squares, st.lists(squares, min_size=1, max_size=3).map(MultiPolygon))
parts = st.builds(Part, st.builds(Text, words, words), st.sampled_from(RoadClass))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=offsets)
everything = st.builds(
    Everything,
    yes=st.booleans(),
    number=st.integers(),
    measure=finite,
    words=words,
    maybe=st.none() | finite,
    part=st.none() | parts,
    at=moments,
    day=st.dates(),
    hour=st.times() | st.sampled_from(["sunrise", "sunset"]),
    lasts=st.timedeltas(timedelta(days=-9999), timedelta(days=9999)),
    parts=st.lists(parts, max_size=3).map(tuple),
    pair=st.tuples(words, st.integers(-9, 9)),
    days=st.frozensets(st.sampled_from(Weekday)),
    dates=st.frozensets(st.dates(), max_size=4),
    by_mode=st.dictionaries(st.sampled_from(ControlMode), finite),
    items=st.lists(
        st.dictionaries(words, st.none() | words | st.integers(-99, 99), max_size=3), max_size=2
    ).map(tuple),
    core=st.one_of(degrees.map(Point), lines, areas),
    line=lines,
    area=st.none() | areas,
)


@given(everything)
def test_every_value_comes_back_exactly(value: Everything) -> None:
    assert decode(Everything, encode(value)) == value


@given(everything)
def test_every_value_comes_back_exactly_from_the_quick_text_too(value: Everything) -> None:
    assert decode(Everything, encode_quickly(value)) == value


@given(everything)
def test_the_text_is_canonical_and_comes_back_itself(value: Everything) -> None:
    written = encode(value)
    assert written == rfc8785.dumps(json.loads(written, parse_int=float)).decode()
    assert encode(decode(Everything, written)) == written


@pytest.mark.parametrize(
    "kind",
    [*(resource.kind for resource in RESOURCES), Summary, Evidence],
    ids=lambda k: k.__name__,
)
def test_every_stored_class_has_a_codec(kind: type) -> None:
    assert codec_of(kind) is codec_of(kind)


def test_equal_values_have_one_text() -> None:
    utc = a_schedule(start=NOW, weekly=(nights(Weekday.MO, Weekday.SU),))
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    same = a_schedule(start=local, weekly=(nights(Weekday.SU, Weekday.MO),))
    assert utc == same
    assert encode(utc) == encode(same)


def test_coordinates_keep_all_their_digits() -> None:
    line = LineString([(104.06000000000002, 30.1 + 0.2), (1e-300, 89.99999999999999)])
    back = shapely.get_coordinates(codec_of(LineString).decode(codec_of(LineString).encode(line)))
    assert np.array_equal(back, shapely.get_coordinates(line))


@dataclass(frozen=True, eq=False)
class Fixes:
    """Numbers in an array."""

    at: NDArray[np.float64]
    maybe: NDArray[np.float64] | None = None


def test_an_array_comes_back_and_cannot_be_changed() -> None:
    fixes = decode(Fixes, encode(Fixes(np.array([[104.06, 30.6], [1 / 3, 2.0]]))))
    assert fixes.at.dtype == np.float64
    assert np.array_equal(fixes.at, [[104.06, 30.6], [1 / 3, 2.0]])
    assert not fixes.at.flags.writeable


@dataclass(frozen=True)
class Older:
    """A value as it was stored once."""

    id: str
    colour: str = "red"


@dataclass(frozen=True)
class Newer:
    """The same since a field was dropped and two were added."""

    id: str
    size: int = 3
    tags: tuple[str, ...] = field(default_factory=tuple)


def test_a_field_gained_since_takes_its_default_and_one_lost_is_left_unread() -> None:
    assert decode(Newer, encode(Older("a"))) == Newer("a", 3, ())


@dataclass(frozen=True)
class Remembering:
    """A value with a memory that is no part of it."""

    id: str
    memory: dict[str, str] = field(default_factory=dict, init=False, compare=False)


def test_what_is_no_argument_of_a_class_is_not_stored() -> None:
    assert encode(Remembering("a")) == '{"id":"a"}'


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"id":1}',
        "[]",
        "null",
        '"x"',
        "{",
        '{"id":"a","road_class":"motorway","name":{"zh":"","en":""}}',
    ],
)
def test_a_text_that_is_no_value_of_the_type_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(CodecError, match="no Part"):
        decode(Part, text)


@pytest.mark.parametrize("hour", ["noon", {"Literal": "noon"}, {"date": "2026-01-01"}, 7])
def test_a_union_takes_its_members_only(hour: object) -> None:
    with pytest.raises((ValueError, AttributeError, KeyError)):
        codec_of(time | Literal["sunrise", "sunset"]).decode(hour)


@pytest.mark.parametrize("measure", [float("nan"), float("inf")])
def test_what_json_cannot_hold_is_refused(measure: float) -> None:
    with pytest.raises(ValueError, match="representable"):
        encode(Fixes(np.array([measure])))


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        codec_of(datetime).encode(datetime(2026, 10, 1))


@pytest.mark.parametrize("kind", [object, list[int], dict[str, str], type])
def test_a_type_that_could_change_or_mean_anything_has_no_codec(kind: object) -> None:
    with pytest.raises(TypeError, match="no codec"):
        codec_of(kind)


def test_the_fields_of_a_schedule_are_readable_text() -> None:
    schedule = Schedule(datetime(2026, 10, 1, tzinfo=UTC), None, "Asia/Shanghai", (nights(),))
    data = json.loads(encode(schedule))
    assert data.keys() == {f.name for f in fields(Schedule)}
    assert data["start"] == "2026-10-01T00:00:00.000000Z"
    assert data["weekly"][0]["end"] == {"time": "05:00:00"}
