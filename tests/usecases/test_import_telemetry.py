"""Recordings as telemetry: cut where nothing is known, counted once, claiming nothing unproved."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from geo.altitude import Reference
from geo.crs import GCJ02
from geo.gcj02 import gcj02_from_wgs84
from geo.text import Text
from service.domain.errors import Malformed, NotFound, Problem
from service.domain.importing import Counted, ImportKind, ImportOutcome, ImportReport
from service.domain.journal import Actor
from service.domain.kinds import ControlMode, Domain, Standing, SupervisionMode
from service.domain.permit import PermitVehicle
from service.domain.recording import DISORDER_S, GAP_S, MOST_FIXES, Fix
from service.domain.telemetry import Summary
from service.usecases import import_telemetry, telemetry
from service.usecases.import_telemetry import Recorded, Told
from service.usecases.ports import Query
from tests.builders import (
    LAT,
    LON,
    NOW,
    a_band,
    a_content,
    a_permit,
    a_planned_volume,
    a_vehicle,
    a_volume,
)
from tests.usecases.desk import AUDITOR, A, B, Desk

START_S = NOW.timestamp()
MIDDLE = LAT + 0.005
EAST = 0.00005
"""Degrees per second: about 17 km/h."""


def a_desk(**changes: Any) -> Desk:
    """An hour after NOW, with a vehicle and an active permit."""
    cleared = (PermitVehicle("vehicle-a", Standing.cleared),)
    desk = Desk(
        a_vehicle(id="vehicle-a"), a_permit(id="permit-a", **{"vehicles": cleared, **changes})
    )
    desk.later(hours=1)
    return desk


def an_air_desk() -> Desk:
    volume = a_planned_volume(volume=a_volume(altitude=a_band(60, 120)))
    content = a_content(domain=Domain.air, supervision_mode=SupervisionMode.vlos, volumes=(volume,))
    return a_desk(content=content)


def fix(second: float, **changes: Any) -> Fix:
    """East through the middle of the area."""
    at = START_S + second
    return Fix(0, 1, LON + 0.001 + EAST * second, MIDDLE, at)._replace(**changes)


def fixes(*seconds: float, **changes: Any) -> list[Fix]:
    return [fix(second, **changes) for second in seconds or (0, 30, 60)]


def recorded(
    each: Sequence[Fix], digest: str = "d1", crs: str = "EPSG:4490", **told: Any
) -> Recorded:
    return Recorded(iter(each), crs, digest * 20, Told(**told))


def bring(desk: Desk, file: Recorded, actor: Actor = A, **more: Any) -> ImportReport:
    whose = {"vehicle_id": "vehicle-a", "permit_id": "permit-a", "file_name": "flight.csv"}
    return import_telemetry.run(desk.store, actor, desk.ctx, file, **{**whose, **more})


def stored(desk: Desk) -> list[Summary]:
    with desk.store.read() as tx:
        page = telemetry.summaries(tx, AUDITOR, Query())
    return [arrival.summary for arrival in page.items]


def outcomes(report: ImportReport) -> list[ImportOutcome]:
    return [item.outcome for item in report.items]


def notes(report: ImportReport) -> set[str]:
    return {note.code for note in report.notes}


def reasons(report: ImportReport) -> list[str]:
    return [note.code for item in report.items for note in item.notes]


# what becomes of a recording


def test_a_recording_becomes_a_summary_of_what_it_tells() -> None:
    desk = a_desk()
    report = bring(desk, recorded(fixes(speed_mps=4.8), accuracy_m=2.0))
    (summary,) = stored(desk)
    assert outcomes(report) == [ImportOutcome.added]
    assert (summary.started_at, summary.ended_at) == (NOW, NOW + timedelta(seconds=60))
    assert (summary.seq, summary.software_version) == (1, "2.1.0")
    assert (summary.max_speed_mps, summary.horizontal_accuracy_m) == (4.8, 2.0)
    path_km = 60 * EAST * 95.9
    assert summary.distance_km[ControlMode.manual] == pytest.approx(path_km, rel=1e-2)
    assert summary.duration_s[ControlMode.manual] == 60.0


def test_the_report_says_what_it_is_and_what_was_assumed() -> None:
    desk = a_desk()
    report = bring(desk, recorded(fixes()))
    assert (report.kind, report.counted) == (ImportKind.telemetry, Counted.summary)
    assert notes(report) == {"modes_unknown", "supervision_assumed", "accuracy_assumed"}
    with desk.store.read() as tx:
        assert tx.imports.get(report.id) == report


def test_a_recording_without_modes_is_uncertain_and_claims_no_automation() -> None:
    desk = a_desk()
    bring(desk, recorded(fixes()))
    (summary,) = stored(desk)
    assert (summary.track.modes, summary.claims_automation) == (None, False)
    (evidence,) = desk.ask(
        lambda tx: tx.telemetry.evidence(Query(among={"permit_id": frozenset({"permit-a"})}))
    )
    assert evidence.uncertain


def test_a_flight_is_held_against_its_permit_whole() -> None:
    desk = an_air_desk()
    high = fixes(height_m=200.0, reference=Reference.AGL)
    inside = fixes(90, 120, height_m=80.0, reference=Reference.AGL, track=1)
    report = bring(desk, recorded([*high, *inside], accuracy_m=2.0))
    assert [item.outcome for item in report.items] == [ImportOutcome.added] * 2
    assert reasons(report) == ["violations"]
    assert [len(item.notes) for item in report.items] == [1, 0]


def test_the_same_file_again_counts_nothing_twice() -> None:
    desk = a_desk()
    bring(desk, recorded(fixes()))
    again = bring(desk, recorded(fixes()))
    assert outcomes(again) == [ImportOutcome.unchanged]
    assert len(stored(desk)) == 1


def test_the_same_file_in_another_datum_is_a_conflict_and_not_a_second_flight() -> None:
    desk = a_desk()
    bring(desk, recorded(fixes()))
    again = bring(desk, recorded(fixes(), crs=GCJ02))
    assert (outcomes(again), reasons(again)) == ([ImportOutcome.refused], ["sequence_conflict"])


def test_another_file_of_the_same_time_is_counted_under_its_own_boot() -> None:
    desk = a_desk()
    bring(desk, recorded(fixes()))
    bring(desk, recorded(fixes(100, 130), digest="d2"))
    assert len({summary.boot_id for summary in stored(desk)}) == 2


def test_a_dry_run_answers_the_same_and_stores_nothing() -> None:
    desk = a_desk()
    report = bring(desk, recorded(fixes()), dry_run=True)
    assert (outcomes(report), stored(desk)) == ([ImportOutcome.added], [])
    assert list(desk.ask(lambda tx: tx.imports.page(Query())).items) == []


def test_positions_are_brought_into_the_canonical_datum() -> None:
    desk = a_desk()
    true = fixes()
    shifted = gcj02_from_wgs84(np.array([(one.lon, one.lat) for one in true]))
    moved = [one._replace(lon=lon, lat=lat) for one, (lon, lat) in zip(true, shifted, strict=True)]
    bring(desk, recorded(moved, crs=GCJ02))
    (summary,) = stored(desk)
    assert summary.track.lonlat[0] == pytest.approx((true[0].lon, true[0].lat), abs=1e-7)


# cut


def test_a_path_is_not_drawn_across_a_gap() -> None:
    desk = a_desk()
    late = GAP_S + 61
    report = bring(desk, recorded(fixes(0, 30, 60, late, late + 30)))
    assert [s.duration_s[ControlMode.manual] for s in stored(desk)] == [60.0, 30.0]
    assert "gap" in notes(report)


def test_a_long_recording_is_cut_and_goes_on_where_it_was_cut() -> None:
    desk = a_desk()
    each = [fix(n / 100) for n in range(MOST_FIXES + 5)]
    bring(desk, recorded(each))
    first, second = stored(desk)
    assert [len(one.track.lonlat) for one in (first, second)] == [MOST_FIXES, 6]
    assert first.ended_at == second.started_at
    assert (first.seq, second.seq) == (1, 2)


def test_no_interval_is_longer_than_the_rule_pack_allows() -> None:
    desk = a_desk()
    desk.later(days=2)
    hours = [fix(240.0 * n, lon=LON + 0.001) for n in range(30 * 15)]
    report = bring(desk, recorded(hours))
    assert outcomes(report) == [ImportOutcome.added] * 2
    assert all(s.ended_at - s.started_at <= timedelta(hours=24) for s in stored(desk))


def test_tracks_of_a_file_are_summaries_of_their_own() -> None:
    desk = a_desk()
    bring(desk, recorded([*fixes(0, 30), *fixes(40, 70, track=1)]))
    assert len(stored(desk)) == 2


@pytest.mark.parametrize(
    ("each", "code"),
    [
        ([*fixes(0, 30), fix(30), fix(60)], "repeated"),
        ([*fixes(0, 30, 60), fix(60 - DISORDER_S / 2), fix(90)], "out_of_order"),
        ([*fixes(0, 30), fix(45, at=None), fix(60)], "time_missing"),
        ([*fixes(0, 30, 60), fix(80, track=1)], "single_fix"),
    ],
)
def test_a_fix_that_makes_no_path_is_left_out_and_said(each: list[Fix], code: str) -> None:
    desk = a_desk()
    report = bring(desk, recorded(each))
    assert code in notes(report)
    assert outcomes(report) == [ImportOutcome.added]


def test_a_time_that_goes_far_back_starts_another_leg() -> None:
    desk = a_desk()
    report = bring(desk, recorded(fixes(200, 260, 0, 60)))
    assert "time_back" in notes(report)
    assert len(stored(desk)) == 2


# times


def test_a_path_without_times_needs_its_start_and_end_stated() -> None:
    desk = a_desk()
    report = bring(desk, recorded(fixes(at=None)))
    assert (outcomes(report), reasons(report)) == ([ImportOutcome.refused], ["times_missing"])


def test_a_path_without_times_takes_place_when_it_was_stated() -> None:
    desk = a_desk()
    stated = {"started_at": NOW, "ended_at": NOW + timedelta(minutes=1)}
    report = bring(desk, recorded(fixes(at=None), **stated))
    (summary,) = stored(desk)
    assert (summary.track.times, summary.ended_at) == (None, NOW + timedelta(minutes=1))
    assert "times_stated" in notes(report)


def test_stated_times_are_those_of_one_path_only() -> None:
    desk = a_desk()
    two = [*fixes(at=None), *fixes(at=None, track=1)]
    report = bring(desk, recorded(two, started_at=NOW, ended_at=NOW + timedelta(minutes=1)))
    assert outcomes(report) == [ImportOutcome.added, ImportOutcome.refused]
    assert reasons(report) == ["times_ambiguous"]


def test_stated_times_that_go_back_are_refused() -> None:
    report = bring(a_desk(), recorded(fixes(at=None), started_at=NOW, ended_at=NOW))
    assert reasons(report) == ["end_before_start"]


def test_a_recording_that_is_too_old_is_refused_as_any_other_telemetry() -> None:
    desk = a_desk()
    desk.later(days=30)
    assert reasons(bring(desk, recorded(fixes()))) == ["too_late"]


# what is not known stays unknown


def test_heights_that_only_some_fixes_have_are_unknown() -> None:
    desk = a_desk()
    some = [fix(0, height_m=80.0, reference=Reference.AGL), *fixes(30, 60)]
    report = bring(desk, recorded(some))
    (summary,) = stored(desk)
    assert (summary.track.altitudes, summary.track.altitude_reference) == (None, None)
    assert "heights_incomplete" in notes(report)


def test_heights_above_different_references_are_unknown() -> None:
    desk = a_desk()
    mixed = [
        fix(0, height_m=80.0, reference=Reference.AGL),
        fix(30, height_m=580.0, reference=Reference.AMSL),
    ]
    bring(desk, recorded(mixed))
    assert stored(desk)[0].track.altitudes is None


def test_jitter_of_a_device_that_stands_is_no_speed() -> None:
    desk = a_desk()
    shaken = [fix(n / 10, lon=LON + 0.001 + 0.00002 * (n % 2)) for n in range(20)]
    bring(desk, recorded(shaken, accuracy_m=5.0))
    assert stored(desk)[0].max_speed_mps == 0.0


def test_the_worst_accuracy_that_fixes_tell_counts() -> None:
    desk = a_desk()
    bring(desk, recorded([fix(0, accuracy_m=3.0), fix(30, accuracy_m=10.0)], accuracy_m=1.0))
    assert stored(desk)[0].horizontal_accuracy_m == 10.0


# bad input


def test_a_path_outside_the_jurisdiction_is_refused_with_its_line() -> None:
    report = bring(a_desk(), recorded([fix(0), fix(30, lon=8.7, lat=47.2, line=17)]))
    ((problem,),) = (item.notes for item in report.items)
    assert (problem.code, "line 17" in problem.message.en) == ("outside_extent", True)


def test_exchanged_axes_are_suspected() -> None:
    swapped = [one._replace(lon=one.lat, lat=one.lon) for one in fixes()]
    ((problem,),) = (item.notes for item in bring(a_desk(), recorded(swapped)).items)
    assert "exchanged" in problem.message.en


def test_what_is_good_of_a_file_is_kept_when_some_is_bad() -> None:
    desk = a_desk()
    bad = fixes(100, 130, track=1, lon=8.7)
    report = bring(desk, recorded([*fixes(), *bad, *fixes(200, 230, track=2)]))
    added, refused = ImportOutcome.added, ImportOutcome.refused
    assert outcomes(report) == [added, refused, added]
    assert [summary.seq for summary in stored(desk)] == [1, 3]
    assert desk.ask(lambda tx: tx.telemetry.upto("vehicle-a", stored(desk)[0].boot_id)) == 3


def test_a_file_without_a_path_is_refused_as_a_whole() -> None:
    with pytest.raises(Malformed) as refused:
        bring(a_desk(), recorded([fix(0)]))
    assert [problem.code for problem in refused.value.problems][-1] == "no_path"


def test_what_was_read_before_a_file_broke_off_is_kept_and_the_break_is_told() -> None:
    def breaking() -> Iterator[Fix]:
        yield from [*fixes(), *fixes(100, 130, track=1), fix(200, track=2)]
        raise Malformed([Problem("/file", "not_xml", Text("不是 XML", "not XML"))])

    desk = a_desk()
    report = bring(desk, Recorded(breaking(), "EPSG:4490", "d" * 64))
    assert reasons(report) == ["not_xml"]
    assert len(stored(desk)) == 2


def test_a_vehicle_of_another_operator_does_not_exist_for_this_one() -> None:
    desk = a_desk()
    with pytest.raises(NotFound):
        bring(desk, recorded(fixes()), actor=B)
    with pytest.raises(NotFound):
        bring(desk, recorded(fixes()), vehicle_id="vehicle-x")


def test_memory_does_not_grow_with_the_file() -> None:
    desk, most, alive = a_desk(), 0, 0

    def told(read: int) -> None:
        nonlocal most, alive
        most = max(most, read - alive)
        alive = read

    def endless() -> Iterator[Fix]:
        for n in range(5 * MOST_FIXES):
            yield fix(n / 100, lon=LON + 0.001)

    bring(desk, replace(recorded([]), fixes=endless()), progress=told, dry_run=True)
    assert most <= MOST_FIXES
