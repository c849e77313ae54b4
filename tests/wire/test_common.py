"""Scalars take what they say and nothing that merely looks like it."""

from datetime import UTC, datetime
from math import inf, nan
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from geo.text import Text
from service.wire.common import Amount, Day, Flag, Instant, Key, Line, Number, Prose, Tally, Words


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Number, True),
        (Number, "1"),
        (Number, nan),
        (Number, inf),
        (Number, 10**400),
        (Amount, -0.1),
        (Amount, 1.1e12),
        (Tally, 1.0),
        (Tally, True),
        (Tally, -1),
        (Tally, 1_000_001),
        (Flag, 1),
        (Flag, "true"),
        (Key, ""),
        (Key, "a b"),
        (Key, "-a"),
        (Key, "a" * 101),
        (Line, "two\nlines"),
        (Line, "a\x00"),
        (Line, "\ud800"),
        (Prose, "a\x00"),
        (Instant, "2026-12-01T00:00:00"),
        (Instant, "2026-12-01"),
        (Instant, "1790000000"),
        (Instant, 1_790_000_000),
        (Instant, "2026-02-30T00:00:00Z"),
        (Instant, "0001-01-01T00:00:00+08:00"),
        (Day, "2026-1-1"),
        (Day, 20_260_101),
    ],
)
def test_what_only_looks_like_it_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Number, 1), (Tally, 3), (Flag, False), (Key, "zone-1.a:b"), (Prose, "two\nlines")],
)
def test_what_it_is_stays_as_it_is(kind: Any, value: Any) -> None:
    assert TypeAdapter(kind).validate_python(value) == value


def test_a_time_is_the_same_instant_whatever_its_offset() -> None:
    instant = TypeAdapter(Instant)
    local, universal = "2026-12-01T08:00:00+08:00", datetime(2026, 12, 1, tzinfo=UTC)
    assert instant.validate_python(local) == universal


def test_plain_text_is_a_name_in_both_languages() -> None:
    assert Words.model_validate("天府").to_domain() == Text("天府", "天府")
    assert Words.model_validate({"zh": "天府", "en": "Tianfu"}).to_domain().en == "Tianfu"
