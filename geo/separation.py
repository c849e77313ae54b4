"""How far two uses must keep apart in place, height and time. The numbers are the pack's."""

import math
from dataclasses import dataclass
from datetime import timedelta

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Separation:
    """The least distances between two uses; less than any one of them is not yet a conflict."""

    horizontal_m: float
    vertical_m: float
    time: timedelta

    def __post_init__(self) -> None:
        distances = (self.horizontal_m, self.vertical_m)
        if not all(math.isfinite(metres) and metres >= 0 for metres in distances):
            raise ValueError(f"a separation is a finite distance of 0 m or more, not {distances}")
        if self.time < timedelta(0):
            raise ValueError(f"a separation in time is not negative: {self.time}")

    @property
    def half_us(self) -> int:
        """By how much each use is widened at either end: half of the time, in microseconds."""
        return -(-self.time // _MICROSECOND // 2)


NONE = Separation(horizontal_m=0, vertical_m=0, time=timedelta(0))
