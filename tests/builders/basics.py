"""The time and place that every other value starts from, and ids that no other value has."""

from datetime import UTC, datetime
from itertools import count

LON, LAT = 104.06, 30.60
NOW = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"

numbers = count(1)


def an_id(kind: str) -> str:
    """An id that no other value has."""
    return f"{kind}-{next(numbers)}"
