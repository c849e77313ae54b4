"""Bad input gets a problem that names the place; nothing is stored, and never a 500."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.api.conftest import Api
from tests.api.payloads import (
    a_check,
    a_restriction,
    a_square,
    a_volume,
    a_zone,
    an_application,
    an_incident,
    when,
)

Json = dict[str, Any]


class Bad(NamedTuple):
    """A defective geometry, and what is said of it."""

    geometry: Json
    pointer: str
    code: str
    place: Mapping[str, Any] = MappingProxyType({})
    crs: str | None = "EPSG:4490"


def _polygon(*ring: list[float]) -> Json:
    return {"type": "Polygon", "coordinates": [list(ring)]}


_CORNERS = ([104.05, 30.60], [104.06, 30.60], [104.06, 30.61], [104.05, 30.61], [104.05, 30.60])
_MANY = [[104.05 + n / 1e6, 30.60 + (n % 2) / 1e4] for n in range(10_000)]

GEOMETRIES = {
    "self-crossing ring": Bad(
        _polygon([104, 30.6], [104.01, 30.61], [104.01, 30.6], [104, 30.61], [104, 30.6]),
        "/geometry/coordinates/0/0",
        "self_crossing",
        {"ring": 0, "vertex": 0, "coordinate": [104.005, 30.605]},
    ),
    "unclosed ring": Bad(
        _polygon(*_CORNERS[:4]), "/geometry/coordinates/0/3", "unclosed_ring", {"ring": 0}
    ),
    "two-point polygon": Bad(
        _polygon([104, 30.6], [104.01, 30.61], [104, 30.6]),
        "/geometry/coordinates/0",
        "too_few_points",
        {"ring": 0},
    ),
    "lon/lat swapped": Bad(
        _polygon(*([y, x] for x, y in _CORNERS)),
        "/geometry/coordinates/0/0",
        "axes_exchanged",
        {"ring": 0, "vertex": 0, "coordinate": [30.60, 104.05]},
    ),
    "projected metres as degrees": Bad(
        _polygon([410451, 3393363], [410551, 3393363], [410551, 3393463], [410451, 3393363]),
        "/geometry/coordinates/0/0",
        "not_degrees",
        {"ring": 0, "vertex": 0, "coordinate": [410451, 3393363]},
    ),
    "3-D where 2-D is meant": Bad(
        _polygon(*([*position, 500.0] for position in _CORNERS)),
        "/geometry/coordinates/0/0",
        "three_dimensional",
        {"ring": 0, "vertex": 0},
    ),
    "outside the jurisdiction": Bad(
        a_square(west=116.3, south=39.9),
        "/geometry/coordinates/0/0",
        "outside_extent",
        {"ring": 0, "vertex": 0, "coordinate": [116.3, 39.9]},
    ),
    "10,000 vertices": Bad(
        {"type": "LineString", "coordinates": _MANY}, "/geometry/coordinates", "too_many_vertices"
    ),
    "a number written as text": Bad(
        _polygon([104.05, "30.60"], *_CORNERS[1:]),  # type: ignore[list-item]
        "/geometry/coordinates/0/0",
        "not_a_number",
    ),
    "a truth value for a number": Bad(
        _polygon([104.05, True], *_CORNERS[1:]), "/geometry/coordinates/0/0", "not_a_number"
    ),
    "no geometry type": Bad({"coordinates": []}, "/geometry/type", "unknown_geometry_type"),
    "a geometry collection": Bad(
        {"type": "GeometryCollection", "geometries": []}, "/geometry/type", "unknown_geometry_type"
    ),
    "an empty polygon": Bad(
        {"type": "Polygon", "coordinates": []}, "/geometry/coordinates", "empty_geometry"
    ),
    "missing crs": Bad(a_square(), "/crs", "crs_required", crs=None),
    "unknown crs": Bad(a_square(), "/crs", "crs_unknown", crs="EPSG:999999"),
    "a crs that is none": Bad(a_square(), "/crs", "crs_unknown", crs="wgs84"),
}


class Door(NamedTuple):
    """A request that takes a geometry: who sends it, where, with which body around it."""

    user: str
    path: str
    at: str
    body: Callable[..., Json]


DOORS = {
    "zones": Door("transport", "/v1/zones", "", a_zone),
    "restrictions": Door("police", "/v1/restrictions", "", a_restriction),
    "applications": Door(
        "operator-a",
        "/v1/applications",
        "/volumes/0",
        lambda **g: an_application(volumes=[a_volume(**g)]),
    ),
    "checks": Door("operator-a", "/v1/checks", "/volumes/0", lambda **g: a_check(a_volume(**g))),
    "incidents": Door(
        "operator-a",
        "/v1/incidents",
        "/place",
        lambda **g: an_incident(place={"precision": "point", "text": "there", **g}),
    ),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
@pytest.mark.parametrize("bad", GEOMETRIES.values(), ids=GEOMETRIES.keys())
def test_a_defective_geometry_is_refused_by_its_place(api: Api, door: Door, bad: Bad) -> None:
    before = api.head()
    extra = {"width_m": 10} if bad.geometry.get("type") == "LineString" else {}
    if door.path in {"/v1/restrictions", "/v1/incidents"}:
        extra = {}
    body = door.body(geometry=bad.geometry, crs=bad.crs, **extra)
    answer = api.of(door.user).post(door.path, body)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (door.at + bad.pointer, bad.code)
    assert {name: pytest.approx(error.get(name)) for name in bad.place} == bad.place
    assert api.head() == before


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(b'{"title": NaN}', 400, id="NaN"),
        pytest.param(b'{"title": Infinity}', 400, id="Infinity"),
        pytest.param(b'{"title": -Infinity}', 400, id="-Infinity"),
        pytest.param(b'{"title": "\\ud800"}', 400, id="lone surrogate"),
        pytest.param(b'{"title": "\xff"}', 400, id="not UTF-8"),
        pytest.param(b"[" * 100_000, 400, id="100k-deep JSON"),
        pytest.param(b'{"a":' * 100_000, 400, id="100k-deep objects"),
        pytest.param(b'{"title": ' + b"9" * 5000 + b"}", 400, id="5000 digits"),
        pytest.param(b'{"title": "\\u0000"}', 422, id="NUL"),
        pytest.param(b'{"title": 1e999}', 422, id="1e999 for text"),
        pytest.param(b'{"title": ' + b"9" * 400 + b"}", 422, id="400 digits"),
        pytest.param(b"[]", 422, id="an array for an object"),
        pytest.param(b"null", 422, id="null for an object"),
        pytest.param(b"", 422, id="no body"),
        pytest.param(b"{", 400, id="cut off"),
    ],
)
def test_a_body_that_is_no_sound_json_is_refused(api: Api, text: bytes, status: int) -> None:
    before = api.head()
    for user, path in [
        ("operator-a", "/v1/applications"),
        ("operator-a", "/v1/checks"),
        ("operator-a", "/v1/incidents"),
        ("transport", "/v1/zones"),
    ]:
        headers = {"Content-Type": "application/json"}
        answer = api.of(user).request("POST", path, content=text, headers=headers)
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == ("not_json" if status == 400 else "malformed")
    assert api.head() == before


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"valid_from": "2026-12-01T00:00:00"}, "/valid_from", "naive_time"),
        ({"valid_from": 1_790_000_000}, "/valid_from", "not_a_time"),
        ({"valid_from": "2026-12-01"}, "/valid_from", "not_a_time"),
        ({"valid_to": when(0)}, "/valid_to", "end_before_start"),
        ({"title": "a\u0000b"}, "/title", "string_pattern_mismatch"),
        ({"title": ""}, "/title", "string_too_short"),
        ({"title": "x" * 301}, "/title", "string_too_long"),
        ({"passengers": "yes"}, "/passengers", "bool_type"),
        ({"volumes": []}, "/volumes", "too_short"),
        ({"surprise": 1}, "/surprise", "extra_forbidden"),
        ({"supervision_mode": "back_seat"}, "/supervision_mode", "enum"),
        ({"vehicle_ids": ["no spaces"]}, "/vehicle_ids/0", "string_pattern_mismatch"),
        ({"volumes": [a_volume(width_m=True)]}, "/volumes/0/width_m", "float_type"),
        ({"volumes": [a_volume(width_m="60")]}, "/volumes/0/width_m", "float_type"),
        ({"volumes": [a_volume(radius_m=-1)]}, "/volumes/0/radius_m", "greater_than"),
        ({"volumes": [a_volume(width_m=60)]}, "/volumes/0/width_m", "area_without_width"),
        (
            {"volumes": [a_volume(max_concurrent_vehicles=10**30)]},
            "/volumes/0/max_concurrent_vehicles",
            "less_than_equal",
        ),
        (
            {"volumes": [a_volume(schedule={"start": when(2), "end": when(1)})]},
            "/volumes/0/schedule/end",
            "end_before_start",
        ),
        (
            {"volumes": [a_volume(schedule={"start": when(2), "end": None})]},
            "/volumes/0/schedule/end",
            "end_required",
        ),
        (
            {"volumes": [a_volume(altitude=_BAND | {"lower": 120, "upper": 60})]}
            if (_BAND := {"unit": "m", "reference": "AGL"})
            else {},
            "/volumes/0/altitude/upper",
            "altitude_empty",
        ),
        (
            {"volumes": [a_volume(geometry={"type": "Point", "coordinates": [104.06, 30.6]})]},
            "/volumes/0/radius_m",
            "radius_required",
        ),
        ({"volumes": [a_volume(zone_id="z")]}, "/volumes/0/zone_id", "zone_unknown"),
    ],
)
def test_a_field_that_is_wrong_is_named(api: Api, changes: Json, pointer: str, code: str) -> None:
    before = api.head()
    answer = api.of("operator-a").post("/v1/applications", an_application(**changes))
    assert answer.status_code == 422
    assert [(pointer, code)] == [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert api.head() == before


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"levels": []}, ["/levels"]),
        ({"levels": ["x", "y"]}, ["/levels/0", "/levels/1"]),
        ({"schedule": {"start": when(1), "end": None, "weekly": [{"days": [], "from": "22:00",
          "to": "05:00"}]}}, ["/schedule/weekly/0/days"]),
        ({"schedule": {"start": when(1), "end": None, "weekly": [{"days": ["XX"], "from": "22:00",
          "to": "05:00"}]}}, ["/schedule/weekly/0/days/0"]),
    ],
)  # fmt: skip
def test_a_list_is_called_too_short_only_when_it_is(
    api: Api, changes: Json, pointers: list[str]
) -> None:
    answer = api.of("police").post("/v1/restrictions", a_restriction(**changes))
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_an_area_has_no_radius_as_a_restriction_either(api: Api) -> None:
    answer = api.of("police").post("/v1/restrictions", a_restriction(radius_m=5))
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/radius_m", "area_without_width")


def test_a_member_that_is_there_twice_is_named(api: Api) -> None:
    text = json.dumps(a_restriction())
    text = text.replace('"zh":', '"zh": "first", "zh":')[:-1] + ', "effect": "information"}'
    headers = {"Content-Type": "application/json"}
    before = api.head()
    answer = api.of("police").request("POST", "/v1/restrictions", content=text, headers=headers)
    assert answer.status_code == 422
    told = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert told == [("/effect", "duplicate_member"), ("/name/zh", "duplicate_member")]
    assert api.head() == before


def test_every_defect_of_a_payload_is_told_at_once(api: Api) -> None:
    volumes = [a_volume(crs=None), a_volume(geometry=a_square(west=30, south=104)), a_volume()]
    body = an_application(volumes=volumes, valid_to=when(0))
    errors = api.of("operator-a").post("/v1/applications", body).json()["errors"]
    assert [error["code"] for error in errors] == [
        "end_before_start",
        "crs_required",
        "axes_exchanged",
    ]


def test_1e999_in_a_coordinate_is_not_finite(api: Api) -> None:
    text = json.dumps(a_zone()).replace("104.05", "1e999", 1)
    headers = {"Content-Type": "application/json"}
    answer = api.of("transport").request("POST", "/v1/zones", content=text, headers=headers)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"], error["vertex"]) == (422, "not_finite", 0)


def test_words_of_a_problem_come_in_the_language_asked_for(api: Api) -> None:
    body = a_zone(crs=None)
    office = api.of("transport")
    zh = office.post("/v1/zones", body, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    en = office.post("/v1/zones", body, headers={"Accept-Language": "en"})
    assert zh.json()["errors"][0]["message"] == "须声明坐标系"
    assert en.json()["errors"][0]["message"] == "State the reference system"
    assert zh.json()["errors"][0]["code"] == en.json()["errors"][0]["code"]
