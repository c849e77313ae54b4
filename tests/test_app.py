"""What an installation sets reaches the registry that is put together."""

from datetime import date
from pathlib import Path

import pytest

from service.app import compose
from service.domain.errors import Malformed
from service.settings import Settings


def settings(folder: Path, **changes: object) -> Settings:
    return Settings(database_url=f"sqlite:///{folder}/registry.sqlite", **changes)


def test_an_office_announces_holidays_the_library_does_not_know(tmp_path: Path) -> None:
    announced = tmp_path / "holidays.toml"
    announced.write_text("announced = [2027]\nholidays = [2027-03-15]\nworking = [2027-03-14]\n")
    told = compose(settings(tmp_path, holidays=announced)).context().frame.calendar
    untold = compose(settings(tmp_path)).context().frame.calendar
    assert told.is_holiday(date(2027, 3, 15))
    assert not untold.is_holiday(date(2027, 3, 15))


def test_a_file_of_holidays_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    announced = tmp_path / "holidays.toml"
    announced.write_text("feiertage = []\n")
    with pytest.raises(Malformed):
        compose(settings(tmp_path, holidays=announced))


def test_the_sun_rises_over_the_jurisdiction(tmp_path: Path) -> None:
    sun = compose(settings(tmp_path)).context().frame.calendar.sun(date(2026, 12, 1))
    assert sun is not None
    assert (sun[0].hour, sun[1].hour) == (7, 18)
