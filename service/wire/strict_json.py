"""JSON text to values: RFC 8259 to the letter, and no object names a member twice."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from pydantic_core import from_json

from geo.text import Text
from service.domain.errors import Malformed, Problem
from service.wire.problems import pointer_to

_TWICE = Text("同一成员出现两次", "This member is there twice")


class _Repeating(dict[str, object]):
    """An object that names members more than once."""

    repeated: tuple[str, ...] = ()


def read_json(text: bytes, *, nan: bool = False) -> object:
    """The value; ValueError when it is not JSON, Malformed when a member is there twice.

    With `nan` NaN and Infinity are read, for a schema that says which item they spoil.
    """
    value: object = from_json(text, allow_inf_nan=nan)
    # that reader keeps the last of two members and says nothing; this one can be asked
    found: list[_Repeating] = []
    whole = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, found))
    if found:
        problems = [Problem(at, "duplicate_member", _TWICE) for at in _repeated(whole, ())]
        raise Malformed(problems)
    return value


def _object(pairs: list[tuple[str, object]], found: list[_Repeating]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    repeating = _Repeating(members)
    counts = Counter(name for name, _ in pairs)
    repeating.repeated = tuple(name for name, times in counts.items() if times > 1)
    found.append(repeating)
    return repeating


def _repeated(value: object, place: Sequence[int | str]) -> Iterator[str]:
    """The pointers to members that are there twice."""
    if isinstance(value, _Repeating):
        yield from (pointer_to([*place, name]) for name in value.repeated)
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _repeated(member, [*place, name])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeated(item, [*place, index])
