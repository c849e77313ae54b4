"""Values of a TOML document made into the types that a dataclass declares; nothing is coerced.

The fields of the class are the schema: a key that is no field, a field without its key and a value
of another type are each a problem that says what was expected.
"""

import math
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, time
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from geo.text import Text
from service.domain.kinds import Code

Made = TypeVar("Made")
Refuse = Callable[[Text], None]


class Mismatch(Exception):
    """A value is not what its field takes."""

    def __init__(self, message: Text) -> None:
        """Keep the message for people."""
        super().__init__(message.en)
        self.message = message


def made(
    kind: type[Made], raw: Mapping[str, object], refuse: Refuse, **given: object
) -> Made | None:
    """A `kind` from the keys of `raw` and what is `given`; None once anything was refused."""
    slots = {slot.name: slot for slot in fields(kind) if slot.name not in given}  # type: ignore[arg-type]  # a dataclass, as every schema is
    problems = [*_misnamed(raw, slots)]
    hints = get_type_hints(kind)
    values = dict(given)
    for name in (name for name in raw if name in slots):
        try:
            values[name] = value(raw[name], hints[name])
        except Mismatch as mismatch:
            problems.append(Text(f"{name}:{mismatch.message.zh}", f"{name}: {mismatch.message.en}"))
    if not problems:
        try:
            return kind(**values)
        except ValueError as error:
            problems.append(Text(f"内容不成立：{error}", str(error)))
    for problem in problems:
        refuse(problem)
    return None


def _misnamed(raw: Mapping[str, object], slots: Mapping[str, Field[Any]]) -> Iterator[Text]:
    """The keys that no field takes, and the fields that no key fills."""
    known = ", ".join(slots)
    for name in raw:
        if name not in slots:
            yield Text(f"未知的键 {name}（可用：{known}）", f"unknown key {name} (known: {known})")
    for name, slot in slots.items():
        if name not in raw and slot.default is MISSING and slot.default_factory is MISSING:
            yield Text(f"缺少 {name}", f"{name} is missing")


def value(raw: object, kind: Any) -> object:
    """`raw` as a `kind`; Mismatch when it is none."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return value(raw, next(arg for arg in get_args(kind) if arg is not types.NoneType))
    if origin in (tuple, frozenset):
        return _items(raw, origin, get_args(kind)[0])
    if origin is Mapping:
        key, item = get_args(kind)
        return {value(name, key): value(entry, item) for name, entry in _table(raw).items()}
    if kind is Text:
        return _text(raw)
    if issubclass(kind, Code):
        return _code(raw, kind)
    return _scalar(raw, kind)


def _items(
    raw: object, container: type[tuple[object, ...] | frozenset[object]], kind: Any
) -> object:
    if not isinstance(raw, list):
        raise Mismatch(Text("应为数组", "an array is expected"))
    items = [value(item, kind) for item in raw]
    # the numbers of a table may well repeat; a code named twice is a slip
    numbers = kind is float or get_origin(kind) is tuple
    if len(set(items)) != len(items) and not numbers:
        raise Mismatch(Text("数组中有重复项", "the array holds something twice"))
    return container(items)


def _table(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        raise Mismatch(Text("应为表", "a table is expected"))
    return raw


def _text(raw: object) -> Text:
    table = _table(raw)
    zh, en = table.get("zh"), table.get("en")
    if set(table) != {"zh", "en"} or not (
        isinstance(zh, str) and isinstance(en, str) and zh and en
    ):
        raise Mismatch(Text("应为 { zh, en } 两种文字", "a text in both { zh, en } is expected"))
    return Text(zh, en)


def _code(raw: object, kind: type[Code]) -> Code:
    for code in kind:
        if raw == code.value:
            return code
    known = ", ".join(kind)
    raise Mismatch(
        Text(f"未知代码 {raw!r}（可用：{known}）", f"unknown code {raw!r} (known: {known})")
    )


def _scalar(raw: object, kind: type) -> object:
    if kind is float and type(raw) is int:
        return float(raw)
    # type() and not isinstance(): TOML's true is no 1 and its date-time is no date
    if type(raw) is not kind or (isinstance(raw, float) and not math.isfinite(raw)) or raw == "":
        names = {bool: "true/false", int: "integer", float: "number", str: "non-empty string"}
        names |= {date: "date", time: "time of day"}
        raise Mismatch(Text(f"{raw!r} 应为 {names[kind]}", f"{raw!r}, expected a {names[kind]}"))
    return raw
