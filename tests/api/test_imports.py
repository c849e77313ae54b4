"""Imports over HTTP: every item answered for."""

import json
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.payloads import a_square, a_zone

ROAD = {
    "type": "Feature",
    "id": "r-1",
    "geometry": {"type": "LineString", "coordinates": [[104.06, 30.60], [104.07, 30.60]]},
    "properties": {"road_class": "urban_arterial", "oneway": False},
}
SWAPPED = {
    **ROAD,
    "id": "r-2",
    "geometry": {"type": "LineString", "coordinates": [[30.60, 104.06], [30.60, 104.07]]},
}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def upload(api: Api, user: str, name: str, content: Any, **form: str) -> Any:
    files = {"file": (name, json.dumps(content).encode())}
    return api.of(user).request("POST", "/v1/imports", files=files, data=form)


def test_roads_are_imported_item_by_item(api: Api) -> None:
    answer = upload(
        api, "transport", "r.geojson", collection(ROAD, SWAPPED), **{"as": "roads"}, crs="EPSG:4490"
    )
    report = answer.json()
    assert answer.status_code == 201, answer.text
    assert (report["read"], report["accepted"], report["refused"]) == (2, 1, 1)
    assert report["items"][1]["notes"][0]["code"] == "axes_exchanged"
    assert api.nobody.get("/v1/roads/r-1").json()["road_class"] == "urban_arterial"
    listed = api.of("transport").get("/v1/imports").json()["items"]
    assert [item["id"] for item in listed] == [report["id"]]
    kept = api.of("transport").get(f"/v1/imports/{report['id']}").json()
    assert [item["outcome"] for item in kept["items"]] == ["added", "refused"]


def test_a_dry_run_stores_nothing(api: Api) -> None:
    before = api.head()
    form = {"as": "roads", "crs": "EPSG:4490", "dry_run": "true"}
    answer = upload(api, "transport", "r.geojson", collection(ROAD), **form)
    assert (answer.status_code, answer.json()["accepted"]) == (201, 1)
    assert api.head() == before


def test_a_file_that_would_move_everything_is_refused_until_it_has_moved(api: Api) -> None:
    def roads(by: float) -> dict[str, Any]:
        lines = [[[104.06 + by, 30.6 + n / 100], [104.07 + by, 30.6 + n / 100]] for n in range(5)]
        shapes = [{"type": "LineString", "coordinates": line} for line in lines]
        return collection(*({**ROAD, "id": f"r-{n}", "geometry": s} for n, s in enumerate(shapes)))

    form = {"as": "roads", "crs": "EPSG:4490"}
    first = upload(api, "transport", "r.geojson", roads(0), **form).json()
    assert (first["counted"], first["categories"]) == ("feature", {"urban_arterial": 5})
    before = api.head()
    refused = upload(api, "transport", "r.geojson", roads(0.003), **form)
    assert (refused.status_code, refused.json()["code"]) == (409, "all_moved")
    assert api.head() == before
    moved = upload(api, "transport", "r.geojson", roads(0.003), **form, moved="true").json()
    assert [note["code"] for note in moved["notes"]] == ["all_moved"]
    assert moved["accepted"] == 5


def test_a_file_that_cannot_be_read_is_refused_as_a_whole(api: Api) -> None:
    unknown = upload(api, "transport", "r.docx", {}, **{"as": "roads"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/file")
    no_kind = upload(api, "transport", "r.geojson", {})
    assert (no_kind.status_code, no_kind.json()["errors"][0]["pointer"]) == (422, "/as")


def test_an_import_needs_the_right_to_what_it_imports(api: Api) -> None:
    properties = {k: v for k, v in a_zone().items() if k not in {"geometry", "crs"}}
    zone = {"type": "Feature", "geometry": a_square(), "properties": properties}
    form = {"as": "zones", "crs": "EPSG:4490"}
    answer = upload(api, "admin", "z.geojson", collection(zone), **form)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"[" * 100_000, id="100k deep"),
        pytest.param(b"[]", id="an array"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b'{"type": "FeatureCollection", "features": 1e999}', id="1e999"),
        pytest.param(b'{"type": "FeatureCollection", "crs": "\\ud800"}', id="lone surrogate"),
        pytest.param(b"", id="nothing"),
    ],
)
@pytest.mark.parametrize("kind", ["roads", "districts", "zones", "restrictions"])
def test_a_hostile_file_is_refused_and_nothing_is_stored(api: Api, kind: str, text: bytes) -> None:
    before = api.head()
    form = {"as": kind, "crs": "EPSG:4490"}
    files = {"file": ("f.geojson", text)}
    answer = api.of("transport").request("POST", "/v1/imports", files=files, data=form)
    assert answer.status_code == 422, answer.text
    assert api.head() == before


@pytest.mark.parametrize(
    "features",
    [
        pytest.param(b'[{"type": "Feature", "id": "\\ud800"}]', id="surrogate in an id"),
        pytest.param(b'[{"type": "Feature", "properties": {"name": "\\ud800"}}]', id="in a name"),
        pytest.param(b'[{"type": "Feature", "geometry": {"type": "Point"}}]', id="no coordinates"),
        pytest.param(b"[7, null, []]", id="no features"),
        pytest.param(
            b'[{"type": "Feature", "geometry": {"type": "LineString", "coordinates": '
            b"[[NaN, 1], [1e999, 2]]}}]",
            id="NaN",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["roads", "districts", "zones", "restrictions"])
def test_a_hostile_feature_is_answered_for(api: Api, kind: str, features: bytes) -> None:
    form = {"as": kind, "crs": "EPSG:4490"}
    files = {"file": ("f.geojson", b'{"type": "FeatureCollection", "features": ' + features + b"}")}
    answer = api.of("transport").request("POST", "/v1/imports", files=files, data=form)
    assert (answer.status_code, answer.json()["accepted"]) == (201, 0), answer.text
