"""Telemetry in files at the command line: recordings come in once, summaries go out as tables."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from service.adapters.db.engine import connect
from service.adapters.db.uow import Store
from service.adapters.files.tracks_export import COLUMNS, export_to
from service.domain.kinds import Standing
from service.domain.permit import PermitVehicle
from service.domain.telemetry import Arrival
from service.settings import read_settings
from tests.builders import LAT, LON, NOW, a_deed, a_permit, a_summary, a_track, a_vehicle
from tests.commands.conftest import Run, Write
from tests.surroundings import a_context

OURS = ("--vehicle", "vehicle-a", "--permit", "permit-a")


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """The registry that the commands use, with a vehicle and its permit."""
    engine = connect(read_settings().database_url)
    opened = Store(engine, a_context().frame)
    plate = "川A00001试"
    permit = a_permit(
        id="permit-a", vehicles=(PermitVehicle("vehicle-a", Standing.cleared, plate),)
    )
    with opened.write() as tx:
        tx.vehicles.add(a_vehicle(id="vehicle-a", plate=plate), a_deed())
        tx.permits.add(permit, a_deed())
    yield opened
    engine.dispose()


def track(*, days_ago: float = 0.0) -> str:
    """A minute through the open area, just now by the clock of this machine."""
    start = datetime.now(UTC).timestamp() - days_ago * 86_400 - 120
    rows = "".join(
        f"{LON + 0.001 + n / 10_000:.6f},{LAT + 0.005},{start + n:.0f}\n" for n in range(60)
    )
    return "lon,lat,time\n" + rows


pytestmark = pytest.mark.usefixtures("store")


def test_a_recording_comes_in_once(run: Run, write: Write) -> None:
    file = write("drive.csv", track())
    first = run("import", file, "--as", "telemetry", *OURS)
    again = run("import", file, "--as", "telemetry", *OURS)
    assert (first.code, "1 read in EPSG:4326: 1 added" in first.out) == (0, True)
    assert (again.code, "1 unchanged" in again.out) == (0, True)
    assert "The file knows no control modes" in first.err
    assert "/v1/telemetry/summaries" in first.out


def test_a_dry_run_stores_nothing(run: Run, write: Write) -> None:
    file = write("drive.csv", track())
    dry = run("import", file, "--as", "telemetry", *OURS, "--dry-run")
    assert (dry.code, "nothing was stored" in dry.out) == (0, True)
    assert "1 added" in run("import", file, "--as", "telemetry", *OURS).out


def test_a_recording_needs_its_vehicle_and_permit(run: Run, write: Write) -> None:
    ran = run("import", write("drive.csv", track()), "--as", "telemetry", "--vehicle", "vehicle-a")
    assert (ran.code, "--permit" in ran.err) == (2, True)


def test_a_vehicle_that_is_not_registered_is_refused(run: Run, write: Write) -> None:
    file = write("drive.csv", track())
    ran = run("import", file, "--as", "telemetry", "--vehicle", "x", "--permit", "permit-a")
    assert (ran.code, "not_found" in ran.err) == (1, True)


def test_a_recording_that_comes_too_late_is_refused(run: Run, write: Write) -> None:
    ran = run("import", write("drive.csv", track(days_ago=30)), "--as", "telemetry", *OURS)
    assert (ran.code, "too_late" in ran.err) == (1, True)


def test_a_time_without_offset_is_refused(run: Run, write: Write) -> None:
    file = write("drive.csv", track())
    ran = run("import", file, "--as", "telemetry", *OURS, "--started-at", "2026-10-01T10:00:00")
    assert (ran.code, "naive_time" in ran.err) == (1, True)


# out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_summaries_are_written_as_csv(run: Run, write: Write, tmp_path: Path) -> None:
    run("import", write("drive.csv", track()), "--as", "telemetry", *OURS)
    out = tmp_path / "out.csv"
    ran = run("export", "telemetry", "--out", str(out))
    assert (ran.code, "1 summaries written" in ran.out) == (0, True)
    (row,) = rows(out)
    path = shapely.from_wkt(row["path"])
    assert (row["vehicle_id"], row["seq"], len(path.coords)) == ("vehicle-a", "1", 60)
    assert len(row["path_times"].split()) == 60
    assert float(row["manual_km"]) == pytest.approx(0.565, rel=0.01)


def test_summaries_are_written_as_geoparquet(run: Run, write: Write, tmp_path: Path) -> None:
    run("import", write("drive.csv", track()), "--as", "telemetry", *OURS)
    out = tmp_path / "out.parquet"
    assert run("export", "telemetry", "--out", str(out)).code == 0
    table = pq.read_table(out)
    told = json.loads(table.schema.metadata[b"geo"])
    geometry = told["columns"][told["primary_column"]]
    assert (told["version"], geometry["encoding"]) == ("1.1.0", "WKB")
    assert geometry["geometry_types"] == ["LineString"]
    assert geometry["crs"]["id"] == {"authority": "EPSG", "code": 4490}
    (wkb,) = table["path"].to_pylist()
    assert len(shapely.from_wkb(wkb).coords) == 60
    assert len(table["path_times"].to_pylist()[0]) == 60


def test_neither_vin_nor_plate_is_written(run: Run, write: Write, tmp_path: Path) -> None:
    run("import", write("drive.csv", track()), "--as", "telemetry", *OURS)
    for name in ("out.csv", "out.parquet"):
        run("export", "telemetry", "--out", str(tmp_path / name))
        written = (tmp_path / name).read_bytes()
        assert b"LRX00000000000001" not in written
        assert "川A00001试".encode() not in written
    assert {"vin", "plate"}.isdisjoint(column.name for column in COLUMNS)


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        (("--vehicle", "vehicle-a"), 1),
        (("--vehicle", "vehicle-x"), 0),
        (("--permit", "permit-a"), 1),
        (("--permit", "permit-x"), 0),
        (("--from", "2020-01-01T00:00:00Z"), 1),
        (("--from", "2099-01-01T00:00:00Z"), 0),
        (("--to", "2020-01-01T00:00:00Z"), 0),
    ],
)
def test_an_export_is_narrowed(
    run: Run, write: Write, tmp_path: Path, choice: tuple[str, ...], count: int
) -> None:
    run("import", write("drive.csv", track()), "--as", "telemetry", *OURS)
    out = tmp_path / "out.csv"
    run("export", "telemetry", "--out", str(out), *choice)
    assert len(rows(out)) == count


@pytest.mark.parametrize("out", [(), ("--out", "telemetry.xlsx")])
def test_telemetry_is_written_to_a_table_only(run: Run, out: tuple[str, ...]) -> None:
    assert run("export", "telemetry", *out).code == 1


def test_no_table_program_runs_what_a_cell_says(tmp_path: Path) -> None:
    summary = a_summary(software_version='=HYPERLINK("http://x")')
    export_to(tmp_path / "out.csv", [Arrival(summary, NOW)])
    (row,) = rows(tmp_path / "out.csv")
    assert row["software_version"].startswith("'=")


def test_an_export_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    def breaking() -> Iterator[Arrival]:
        yield Arrival(a_summary(), NOW)
        raise OSError("disk full")

    for name in ("out.csv", "out.parquet"):
        with pytest.raises(OSError, match="disk full"):
            export_to(tmp_path / name, breaking())
    assert list(tmp_path.glob("out*")) == []


def test_a_vehicle_that_stood_still_is_written(tmp_path: Path) -> None:
    still: Any = a_track(lonlat=np.array([(LON, LAT)] * 3), times=None, modes=None)
    arrivals = [Arrival(replace(a_summary(), track=still), NOW)]
    assert export_to(tmp_path / "out.parquet", arrivals) == 1
    (path,) = pq.read_table(tmp_path / "out.parquet")["path"].to_pylist()
    assert shapely.from_wkb(path).length == 0
