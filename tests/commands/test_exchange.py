"""Bringing files in and writing them out: what becomes of each item, in words for people."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from service.adapters.db.engine import connect
from service.adapters.db.uow import Store
from service.adapters.files.reading import read
from service.domain.importing import ImportKind
from service.domain.kinds import Role
from service.usecases import imports
from tests.api.payloads import a_check, a_square, a_zone
from tests.builders import an_actor
from tests.commands.conftest import Run, Write
from tests.surroundings import a_context

FIXTURES = Path(__file__).parents[2] / "fixtures"
KINDS = ["roads", "districts", "zones", "restrictions"]
RUNWAYS = (
    "id,airport_ident,closed,le_ident,le_latitude_deg,le_longitude_deg,"
    "he_ident,he_latitude_deg,he_longitude_deg\n"
    "1,ZUXX,0,18,30.60,104.0,36,30.63,104.0\n"
) + "".join(f"{n},ZBAA,0,18,40.0,116.0,36,40.1,116.0\n" for n in range(2, 9))

pytestmark = pytest.mark.usefixtures("database")


def zones(**changes: Any) -> dict[str, Any]:
    properties = {k: v for k, v in a_zone().items() if k not in {"geometry", "crs"}}
    feature = {"type": "Feature", "geometry": a_square(side=0.05), "properties": properties}
    return {"type": "FeatureCollection", "features": [{**feature, **changes}]}


def decimals(value: Any) -> int:
    """The most decimals of any number in a nest of arrays."""
    if isinstance(value, list):
        return max(map(decimals, value))
    return len(repr(value).partition(".")[2])


def test_zones_are_imported_and_a_check_passes_in_them(run: Run, write: Write) -> None:
    check = write("check.json", a_check())
    assert run("check", check).code == 1
    file = write("zones.geojson", zones())
    ran = run("import", file, "--as", "zones", "--crs", "EPSG:4490", "--publish")
    assert (ran.code, "1 added" in ran.out) == (0, True)
    passed = run("check", check)
    assert (passed.code, json.loads(passed.out)["may_submit"]) == (0, True)


def test_zones_are_exported_as_features(run: Run, write: Write) -> None:
    square = a_square(side=0.0625)
    file = write("zones.geojson", zones(id="z-1", geometry=square))
    run("import", file, "--as", "zones", "--crs", "EPSG:4490", "--publish")
    (feature,) = json.loads(run("export", "zones").out)["features"]
    assert (feature["id"], feature["geometry"]) == ("z-1", square)
    assert feature["properties"]["state"] == "published"


def test_refused_data_is_1_and_says_where(run: Run, write: Write) -> None:
    swapped = {"type": "Polygon", "coordinates": [[[30.6, 104.05], [30.6, 104.06], [30.6, 104.05]]]}
    file = write("zones.geojson", zones(geometry=swapped))
    ran = run("import", file, "--as", "zones", "--crs", "EPSG:4490")
    assert (ran.code, "/coordinates/0/0" in ran.err) == (1, True)
    assert "feature 0 " in ran.err
    text = write("check.json", '{"volumes": NaN}')
    assert (run("check", text).code, run("check", write("b.json", {})).code) == (1, 1)


@pytest.fixture(scope="module")
def city_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schematic city in it."""
    path = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("city")))
    ctx, engine = a_context(), connect(f"sqlite:///{path}")
    office = an_actor(Role.managing_unit)
    for kind in map(ImportKind, KINDS):
        file = FIXTURES / f"{kind}.geojson"
        with file.open("rb") as stream:
            items = read(kind, stream, file.name, None, ctx)
            imports.run(Store(engine, ctx.frame), office, ctx, kind, items, file_name=file.name)
    engine.dispose()
    return path


@pytest.fixture
def city(city_file: Path, database: Path) -> None:
    """The schematic city is in the test's own database."""
    shutil.copy(city_file, database)


@pytest.mark.usefixtures("city")
def test_what_is_exported_and_imported_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    for kind in KINDS:
        file = tmp_path / f"{kind}.geojson"
        assert run("export", kind, "--out", str(file)).code == 0
        count = len(json.loads(file.read_text(encoding="utf-8"))["features"])
        ran = run("import", str(file), "--as", kind)
        assert (ran.code, f"{count} unchanged" in ran.out) == (0, True), ran


@pytest.mark.usefixtures("city")
def test_what_was_shifted_is_exported_where_it_lies_and_is_the_same_again(
    run: Run, tmp_path: Path, write: Write
) -> None:
    file = write("zones.geojson", zones(id="z-1"))
    run("import", file, "--as", "zones", "--crs", "GCJ-02")
    out = tmp_path / "out.geojson"
    run("export", "zones", "--out", str(out))
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert all(decimals(f["geometry"]["coordinates"]) <= 9 for f in features)
    assert "10 unchanged" in run("import", str(out), "--as", "zones").out


@pytest.mark.usefixtures("city")
def test_an_edit_of_what_was_exported_is_brought_in(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.geojson"
    run("export", "zones", "--out", str(out))
    collection = json.loads(out.read_text(encoding="utf-8"))
    collection["features"][0]["properties"]["max_concurrent_vehicles"] += 1
    out.write_text(json.dumps(collection), encoding="utf-8")
    assert "1 changed, 8 unchanged" in run("import", str(out), "--as", "zones").out


def test_an_export_that_cannot_be_written_says_why(run: Run) -> None:
    ran = run("export", "zones", "--out", "/nonexistent/zones.geojson")
    assert (ran.code, ran.err) == (1, "/nonexistent/zones.geojson: No such file or directory\n")


@pytest.mark.usefixtures("city")
def test_a_file_in_another_datum_is_refused_until_it_is_said_to_have_moved(
    run: Run, write: Write
) -> None:
    text = (FIXTURES / "roads.geojson").read_text(encoding="utf-8")
    file = write("roads.geojson", text.replace('"crs": "EPSG:4490", ', ""))
    wrong = ("import", file, "--as", "roads", "--crs", "GCJ-02")
    refused = run(*wrong)
    assert refused.code == 1
    assert "317 of the 317 items that are known move by about 3" in refused.err
    assert "the earlier import was in EPSG:4490, this file is in GCJ-02" in refused.err
    tried = run(*wrong, "--dry-run")
    assert (tried.code, tried.err.startswith("317 of the 317")) == (0, True)
    assert "317 unchanged" in run("import", file, "--as", "roads", "--crs", "EPSG:4490").out
    moved = run(*wrong, "--moved")
    assert (moved.code, "317 changed" in moved.out) == (0, True)
    assert moved.err.startswith("317 of the 317")


def test_the_report_of_roads_counts_their_classes_and_names_what_to_look_at(run: Run) -> None:
    ran = run("import", str(FIXTURES / "roads.geojson"), "--as", "roads")
    assert "109 urban_arterial, 79 urban_secondary" in ran.out
    assert "1 with a warning: self_loop" in ran.err
    assert (
        "feature 313 试验场环道 / Proving Ground Loop [pg-loop] /features/313/geometry" in ran.err
    )


def test_the_report_of_runways_groups_the_skipped_and_says_what_was_drafted(
    run: Run, write: Write, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    file = write("runways.csv", RUNWAYS)
    ran = run("import", file, "--as", "runways", "--report", str(report))
    assert ran.err.startswith("No reference system was declared")
    assert "7 skipped: outside_extent" in ran.err
    assert "line 3 ZBAA 18/36 [runway-2]: It lies outside the jurisdiction" in ran.err
    assert "and 2 more" in ran.err
    assert "1 aerodrome clearance areas drafted as restrictions" in ran.out
    assert "--publish" in ran.out
    whole = json.loads(report.read_text(encoding="utf-8"))
    assert (whole["counted"], len(whole["items"]), whole["crs"]) == ("line", 8, "EPSG:4326")


def test_what_is_declared_of_runways_is_not_explained(run: Run, write: Write) -> None:
    file = write("runways.csv", RUNWAYS)
    assert "declared" not in run("import", file, "--as", "runways", "--crs", "EPSG:4490").err


def test_a_format_that_is_not_read_is_refused_with_those_that_are(run: Run, write: Write) -> None:
    ran = run("import", write("roads.shp", "…"), "--as", "roads")
    assert (ran.code, "roads .csv, .geojson, .json" in ran.err) == (1, True)
    assert "zones .geojson, .json" in ran.err
