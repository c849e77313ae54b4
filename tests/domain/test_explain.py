"""The sentences that a reviewer signs: nothing in them is rounded to what it is not."""

from datetime import timedelta

import pytest

from geo.altitude import Span
from geo.conflict import Judgement, Reason, Verdict
from geo.separation import NONE, Separation
from geo.text import Text
from service.domain import explain
from service.domain.explain import Extent
from tests.builders import ZONE

MET = Text("进入机场", "Enters the airport")
UAS = Separation(30, 15, timedelta(0))


def told(judged: Judgement, required: Separation = NONE, hours: float | None = None) -> Text:
    return explain.meets(MET, judged, required, ZONE)(Extent(hours=hours))


def judged(distance_m: float | None = None, gap: Span | None = None) -> Judgement:
    return Judgement(Verdict.conflict, Reason.separation_breached, distance_m, gap)


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        (0.0001, "不足 1 秒", "less than 1 s"),
        (20 / 3600, "20 秒", "20 s"),
        (1 / 60, "1 分钟", "1 min"),
        (1.5 / 60, "1.5 分钟", "1.5 min"),
        (1, "1 小时", "1 h"),
        (2160.25, "2160.2 小时", "2160.2 h"),
        (1234567.8, "1234567.8 小时", "1234567.8 h"),
    ],
)
def test_no_time_is_said_to_be_zero(hours: float, zh: str, en: str) -> None:
    assert explain.duration(hours) == (zh, en)


@pytest.mark.parametrize(
    ("gap", "en"),
    [
        (Span(-80, -10), "Enters the airport (overlap in height of at least 10.0 m)"),
        (Span(-10, -10), "Enters the airport (overlap in height of 10.0 m)"),
        (Span(float("-inf"), -10), "Enters the airport (overlap in height of at least 10.0 m)"),
        (Span(5, 5), "Enters the airport (vertical gap 5.0 m)"),
        (Span(5, 9), "Enters the airport (vertical gap 5.0 m to 9.0 m)"),
        (
            Span(-5, 9),
            "Enters the airport (between an overlap in height of 5.0 m and a gap of 9.0 m)",
        ),
        (Span(float("-inf"), float("-inf")), "Enters the airport"),
    ],
)
def test_what_overlaps_in_height_is_not_said_to_have_a_gap(gap: Span, en: str) -> None:
    assert told(judged(gap=gap)).en == en


def test_a_required_distance_stands_beside_the_one_that_was_found() -> None:
    words = told(judged(12.34, Span(3, 3)), UAS)
    assert "12.3 m apart, 30.0 m required; vertical gap 3.0 m, a gap of 15.0 m required" in words.en
    assert "水平距离 12.3 m，要求 30.0 m" in words.zh
    assert "apart" not in told(judged(0.0)).en


def test_what_is_too_near_is_never_rounded_to_what_is_required() -> None:
    assert "29.9 m apart, 30.0 m required" in told(judged(29.999), UAS).en
