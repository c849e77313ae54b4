"""Sunrise and sunset against the height of the sun, by formulas of the Astronomical Almanac."""

from datetime import UTC, date, datetime, time, timedelta
from math import asin, atan2, cos, degrees, radians, sin
from zoneinfo import ZoneInfo

import pytest

from geo.crs import Extent
from geo.schedule import Schedule, Weekday, WeeklyWindow, overlap
from service.adapters.calendar import HolidayCalendar
from service.adapters.sun import SunTimes

CITY = "Asia/Shanghai"
CHENGDU = SunTimes.over(Extent(102.75, 29.85, 105.0, 31.65), CITY)
YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]

# the upper limb is on the horizon, raised by refraction; half a minute is 0.1 degrees
RISEN_DEG, TOLERANCE_DEG = -0.83, 0.25


def height_deg(sun: SunTimes, day: date, at: time) -> float:
    """The height of the centre of the sun, to a hundredth of a degree."""
    instant = datetime.combine(day, at, ZoneInfo(sun.zone))
    days = (instant - datetime(2000, 1, 1, 12, tzinfo=UTC)) / timedelta(days=1)
    anomaly = radians(357.528 + 0.9856003 * days)
    mean = 280.460 + 0.9856474 * days
    longitude = radians(mean + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
    tilt = radians(23.439 - 4e-7 * days)
    ascension = atan2(cos(tilt) * sin(longitude), cos(longitude))
    declination = asin(sin(tilt) * sin(longitude))
    hour = radians(280.46061837 + 360.98564736629 * days + sun.lon) - ascension
    lat = radians(sun.lat)
    return degrees(asin(sin(lat) * sin(declination) + cos(lat) * cos(declination) * cos(hour)))


@pytest.mark.parametrize(
    "sun",
    [
        CHENGDU,
        SunTimes(13.4, 52.5, "Europe/Berlin"),
        SunTimes(-74.0, 40.7, "America/New_York"),
        SunTimes(174.8, -36.9, "Pacific/Auckland"),
        SunTimes(-157.4, 1.9, "Pacific/Kiritimati"),
    ],
    ids=lambda sun: sun.zone,
)
def test_the_sun_is_on_the_horizon_on_every_day_of_the_year(sun: SunTimes) -> None:
    for day in YEAR:
        rise, fall = sun.on(day)
        assert height_deg(sun, day, rise) == pytest.approx(RISEN_DEG, abs=TOLERANCE_DEG)
        assert height_deg(sun, day, fall) == pytest.approx(RISEN_DEG, abs=TOLERANCE_DEG)
        assert rise < time(12) < fall


def test_the_sun_of_an_extent_is_that_of_its_centre_to_the_minute() -> None:
    assert (CHENGDU.lon, CHENGDU.lat) == pytest.approx((103.875, 30.75))
    assert CHENGDU.on(date(2026, 6, 21)) == (time(6, 2), time(20, 10))


def test_sunrise_is_known_on_the_day_on_which_it_crosses_midnight_in_utc() -> None:
    assert CHENGDU.on(date(2026, 1, 26))[0] == time(8, 0)


@pytest.mark.parametrize(
    ("sun", "day"),
    [
        (SunTimes(18.95, 69.65, "Europe/Oslo"), date(2026, 1, 1)),  # it does not rise
        (SunTimes(18.95, 69.65, "Europe/Oslo"), date(2026, 6, 21)),  # it does not set
        (SunTimes(-21.9, 64.1, "Atlantic/Reykjavik"), date(2026, 6, 18)),  # it sets after midnight
        (SunTimes(-21.9, 64.1, "Atlantic/Reykjavik"), date(2026, 6, 20)),
    ],
)
def test_a_day_without_sunrise_and_sunset_of_its_own_has_none(sun: SunTimes, day: date) -> None:
    assert sun.on(day) is None


def test_a_calendar_without_a_point_knows_no_sun() -> None:
    assert HolidayCalendar("CN").sun(date(2026, 6, 21)) is None


def test_calendars_of_one_point_are_one_value() -> None:
    one, same = (HolidayCalendar("CN", sun_times=SunTimes(103.875, 30.75, CITY)) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one.sun(date(2026, 6, 21)) == CHENGDU.on(date(2026, 6, 21))


def test_a_flight_in_daylight_follows_the_sun_through_the_year() -> None:
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo(CITY))
    daylight = WeeklyWindow(frozenset(Weekday), "sunrise", "sunset")
    flight = Schedule(start, start.replace(year=2027), CITY, (daylight,))
    shared = overlap(flight, Schedule(start, None, CITY), HolidayCalendar("CN", sun_times=CHENGDU))
    assert shared is not None
    assert shared.first.start == start + timedelta(hours=8, minutes=2)
    assert shared.total / timedelta(days=365) == pytest.approx(0.505, abs=0.002)
