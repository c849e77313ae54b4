"""When and how fast a path was driven, by its fixes."""

from datetime import timedelta

import numpy as np
import pytest

from service.domain.pace import Span, fastest_mps, outrun, share_of_time, union
from tests.builders import LAT, LON, NOW
from tests.domain.drives import STEP_M

START = NOW.timestamp()


def span(start_s: float, end_s: float) -> Span:
    return NOW + timedelta(seconds=start_s), NOW + timedelta(seconds=end_s)


def shares(fixes: list[float], *spans: Span) -> list[float]:
    found: list[float] = share_of_time(START + np.array(fixes), union(spans)).tolist()
    return found


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((), [0, 0, 0]),
        ((span(-5, 99),), [1, 1, 1]),
        ((span(10, 20),), [0, 1, 0]),
        ((span(5, 12),), [0.5, 0.2, 0]),
        ((span(21, 23), span(25, 30)), [0, 0, 0.7]),
        ((span(2, 8), span(4, 10)), [0.8, 0, 0]),
        ((span(0, 15), span(15, 30)), [1, 1, 1]),
    ],
)
def test_each_segment_has_its_share_of_the_time(
    spans: tuple[Span, ...], expected: list[float]
) -> None:
    assert shares([0, 10, 20, 30], *spans) == expected


def test_an_instant_lies_in_a_time_from_its_start_to_before_its_end() -> None:
    assert shares([0, 0], span(0, 5)) == [1]
    assert shares([5, 5], span(0, 5)) == [0]
    assert shares([-1, -1], span(0, 5)) == [0]
    assert shares([3, 3], span(0, 1), span(2, 5)) == [1]


def ran(length_m: list[float], took_s: list[float], slack_m: float = 20) -> list[bool]:
    found: list[bool] = outrun(np.array(length_m), np.array(took_s), 10.0, slack_m).tolist()
    return found


def test_the_slack_is_given_once_and_not_for_each_segment() -> None:
    assert ran([19], [0]) == [False]
    assert ran([19, 19], [0, 0]) == [True, True]


def test_a_pause_makes_up_for_jitter() -> None:
    assert ran([19, 19, 19], [0, 2, 2]) == [False, False, False]


def test_the_window_named_is_the_one_that_is_too_fast() -> None:
    assert ran([40, 500, 40], [5, 5, 5]) == [False, True, False]
    assert ran([90, 500, 10], [5, 5, 5]) == [True, True, False]


def surely(lons: list[float], fixes: list[float], slack_m: float = 2) -> float:
    lonlat = np.array([(LON + lon / 1000, LAT) for lon in lons])
    return fastest_mps(lonlat, START + np.array(fixes), slack_m)


def test_a_speed_is_sure_once_it_covers_more_than_the_slack() -> None:
    assert surely([0, 1], [0, 10]) == pytest.approx((STEP_M - 2) / 10, rel=1e-3)
    assert surely([0, 1], [0, 10], slack_m=100) == 0


def test_short_segments_tell_their_speed_together() -> None:
    tenths = [n / 10 for n in range(17)]
    alone = (STEP_M / 50 - 2) / 0.1
    assert alone < 0
    together = surely([second / 5 for second in tenths], tenths)
    assert together == pytest.approx((STEP_M / 5 * 1.6 - 2) / 1.6, rel=1e-3)


def test_fixes_that_jitter_to_and_fro_show_no_speed() -> None:
    jitter = [0, 0.1] * 500
    assert surely(jitter, list(range(1000)), slack_m=STEP_M / 10) == pytest.approx(0, abs=1e-2)


def test_fixes_of_one_instant_show_no_speed() -> None:
    assert surely([0, 1], [0, 0]) == 0
