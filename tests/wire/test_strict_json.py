"""JSON is read to the letter, and no member twice."""

import pytest

from service.domain.errors import Malformed
from service.wire.strict_json import read_json


def test_values_are_read_as_they_are() -> None:
    text = '{"a": [1, 2.5, true, null, "二"], "b": {"a": {}}}'
    assert read_json(text.encode()) == {"a": [1, 2.5, True, None, "二"], "b": {"a": {}}}


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ('{"a": 1, "a": 1}', ["/a"]),
        ('{"a": 1, "b": 2, "a": 3, "b": 4}', ["/a", "/b"]),
        ('[{"a": {"b/c": 1, "b/c": 2}}]', ["/0/a/b~1c"]),
        ('{"a": [{"b": 1, "b": 2}], "a": 3}', ["/a"]),
        (r'{"a": 1, "\u0061": 2}', ["/a"]),
    ],
)
def test_members_that_are_there_twice_are_named(text: str, pointers: list[str]) -> None:
    with pytest.raises(Malformed) as refused:
        read_json(text.encode())
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        (pointer, "duplicate_member") for pointer in pointers
    ]


@pytest.mark.parametrize("text", [b"", b"{", b"[NaN]", b'["\xff"]', b'["\\ud800"]', b"[" * 10_000])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text)
