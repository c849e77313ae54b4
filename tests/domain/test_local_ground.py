"""Checks and evidence judge by the ground of the place, and packs say what it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from geo.altitude import AltitudeBand, Ground, Reference, Span, Unit
from geo.conflict import Verdict
from geo.crs import Extent
from geo.ground import Bounds, Region, Regions
from service.adapters.files.rulepacks import RulePackRefused
from service.domain.check_airspace import too_high
from service.domain.check_zones import covered
from service.domain.kinds import Phase, ViolationKind, ZoneKind
from service.domain.proof import prove
from service.domain.question import Law
from tests.builders import LAT, LON, a_band, a_frame, a_square
from tests.domain.drives import STEP_M, a_flown, kinds, permitted_flight
from tests.domain.questions import LAW, a_flight, an_air_question, an_open_zone
from tests.domain.test_rulepack_loading import read, row
from tests.surroundings import a_context

WEST, EAST = LON - 0.02, LON + 0.03
AIR = {"zone_kind": ZoneKind.low_altitude_area, "phases_open": (Phase.flight_trial,)}


@dataclass(frozen=True)
class Step:
    """A plain at 480 m that ends at a longitude, and a plateau at 600 m behind it."""

    lon: float

    def height_m(self, bounds: Bounds) -> Span:
        west, _, east, _ = bounds
        return Span(480 if west < self.lon else 600, 600 if east > self.lon else 480)


def over(*regions: Region) -> Law:
    """The law where the extent's ground leaves much open and some regions are known."""
    whole = Ground(280, 6300, -44, -42)
    return replace(LAW, frame=a_frame(ground=whole, terrains=(Regions(regions),)))


def region(lon: float, least_m: float, greatest_m: float) -> Region:
    return Region(Extent(lon - 0.01, LAT - 0.02, lon + 0.02, LAT + 0.03), Span(least_m, greatest_m))


PLAIN, HILL = region(WEST, 470, 490), region(EAST, 560, 580)


def above_the_sea(lower: float, upper: float) -> AltitudeBand:
    return AltitudeBand(lower, upper, Unit.m, Reference.AMSL)


def verdicts(findings: Sequence) -> list[Verdict]:
    return [finding.verdict for finding in findings]


@pytest.mark.parametrize(
    ("lon", "expected"),
    [(WEST, [Verdict.conflict]), (EAST, []), (LON + 0.01, [Verdict.indeterminate])],
)
def test_the_controlled_height_is_counted_from_the_ground_below(
    lon: float, expected: list[Verdict]
) -> None:
    flight = a_flight(a_square(lon), altitude=above_the_sea(600, 670))
    assert verdicts(list(too_high(an_air_question(flight), over(PLAIN, HILL)))) == expected


@pytest.mark.parametrize(
    ("lon", "expected"),
    [(WEST, []), (EAST, [Verdict.conflict]), (LON + 0.01, [Verdict.indeterminate])],
)
def test_a_zone_holds_a_flight_by_the_ground_below(lon: float, expected: list[Verdict]) -> None:
    flight = a_flight(a_square(lon), altitude=a_band(60, 110))
    zone = an_open_zone(a_square(lon), altitude=above_the_sea(500, 650), **AIR)
    _, findings = covered(an_air_question(flight), [zone], over(PLAIN, HILL))
    assert verdicts(findings) == expected


@pytest.mark.parametrize(
    ("ends_at", "segments"), [(LON + 0.02, 3), (LON + 0.0025, 2), (LON - 0.02, 0)]
)
def test_a_path_leaves_its_heights_by_the_ground_below_each_fix(
    ends_at: float, segments: int
) -> None:
    stepped = a_frame(ground=Ground(280, 6300, -44, -42), terrains=(Step(ends_at),))
    path = a_flown(680, 680, 680, 680, reference=Reference.AMSL)
    proof = prove(path, permitted_flight(), replace(LAW, frame=stepped))
    assert kinds(proof) == [ViolationKind.altitude] * bool(segments)
    flown_m = sum(breach.length_m for breach in proof.breaches)
    assert flown_m == pytest.approx(segments * STEP_M, rel=1e-2)


# what a pack says

BOX = "west = 104.0\nsouth = 30.5\neast = 104.1\nnorth = 30.6\n"
TABLE = "west = 103.0\nsouth = 30.0\nstep_deg = 2.0\nerror_m = 0.5\n"
PLACE = (104.05, 30.55, 104.06, 30.56)


def test_a_pack_names_the_ground_of_regions_and_the_height_of_the_sea(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        row("terrain", "terrain.terrace", BOX + "terrain_min_m = 500\nterrain_max_m = 520"),
        row("geoid", "jurisdiction.geoid", TABLE + "undulation_m = [[-42, -42], [-42, -42]]"),
    )
    frame = book.at(date(2026, 6, 1)).jurisdiction.frame(a_context().workdays)
    assert frame.ground_at(PLACE) == Ground(500, 520, -42.5, -41.5)
    assert frame.ground == a_context().frame.ground


def test_a_model_at_hand_goes_before_the_packs_regions() -> None:
    place = a_context().pack.jurisdiction
    frame = place.frame(a_context().workdays, raster=Step(LON))
    assert frame.ground_at((LON - 0.01, LAT, LON - 0.01, LAT)).terrain == Span(480, 480)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([row("terrain", "terrain.x", BOX + "terrain_min_m = 9\nterrain_max_m = 8")], "no span"),
        (
            [row("terrain", "terrain.x", BOX + "terrain_min_m = 400\nterrain_max_m = 7000")],
            "the heights of rule terrain.x leave those of jurisdiction.ground",
        ),
        (
            [row("geoid", "jurisdiction.geoid", TABLE + "undulation_m = [[42, 42], [42, 42]]")],
            "the heights of rule jurisdiction.geoid leave those of jurisdiction.ground",
        ),
        (
            [row("geoid", "jurisdiction.geoid", TABLE + "undulation_m = [[-42, -42], [-42]]")],
            "all of one length",
        ),
        (
            [row("geoid", "geoid.other", TABLE + "undulation_m = [[-42, -42], [-42, -42]]")],
            "there are several tables of the geoid",
        ),
    ],
)
def test_ground_that_cannot_be_is_refused(tmp_path: Path, rows: list[str], says: str) -> None:
    with pytest.raises(RulePackRefused) as refused:
        read(tmp_path, *rows)
    assert any(says in defect.message.en for defect in refused.value.defects)
