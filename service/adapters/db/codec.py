"""Frozen values to canonical JSON text (RFC 8785) and back, read off the types of their fields.

There is one codec for all domain values and none per class. The round trip is exact. A field that a
class has gained since a text was written takes its default; one that it has lost is left unread.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
import rfc8785
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

T = TypeVar("T")


class CodecError(ValueError):
    """A text that is no value of the type asked for."""


@dataclass(frozen=True, slots=True)
class Codec:
    """The two directions between a value and what JSON can hold."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def canonical(data: object) -> str:
    """The one text of a JSON value (RFC 8785)."""
    return rfc8785.dumps(cast(Any, data)).decode()


def digest_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def encode(value: object) -> str:
    """The canonical text of a frozen value."""
    kind: Any = type(value)
    return canonical(codec_of(kind).encode(value))


def encode_quickly(value: object) -> str:
    """A text of a frozen value that is not canonical, and several times faster to make.

    For what comes in bulk, and is digested as the text that it happens to be.
    """
    kind: Any = type(value)
    data = codec_of(kind).encode(value)
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def decode(kind: type[T], text: str) -> T:
    """The value of that type; CodecError when the text is none."""
    codec = codec_of(cast(Any, kind))
    try:
        return cast(T, codec.decode(json.loads(text)))
    except _NO_VALUE as problem:
        raise CodecError(f"no {kind.__name__}: {problem!r}") from problem


@cache
def codec_of(kind: Any) -> Codec:
    """The codec of a type as written in an annotation; TypeError when there can be none."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in _GENERIC:
        return _GENERIC[origin](arguments)
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            # its `value` is a property in Python, and a path has a mode for every segment
            return Codec(attrgetter("_value_"), kind)
        if issubclass(kind, BaseGeometry):
            return _GEOMETRY
        if is_dataclass(kind):
            return _of_dataclass(kind)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return _of_fields(kind, {name: MISSING for name in kind._fields})
    raise TypeError(f"no codec for {kind!r}")


def _itself(value: Any) -> Any:
    return value


def _instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError(f"a time without an offset: {value!r}")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _array(numbers: list[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    array = np.array(numbers, dtype=np.float64)
    array.flags.writeable = False
    return array


_NO_VALUE = (
    *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError),
    *(RecursionError, ShapelyError),
)
# JSON numbers are doubles: beyond this an integer goes as text
_EXACT_INTEGERS = range(1 - 2**53, 2**53)
_GEOMETRY = Codec(mapping, shape)
_PLAIN: Mapping[Any, Codec] = {
    NoneType: Codec(_itself, _itself),
    bool: Codec(_itself, _itself),
    str: Codec(_itself, _itself),
    int: Codec(lambda value: value if value in _EXACT_INTEGERS else str(value), int),
    float: Codec(float, float),
    datetime: Codec(_instant, datetime.fromisoformat),
    date: Codec(date.isoformat, date.fromisoformat),
    time: Codec(time.isoformat, time.fromisoformat),
    timedelta: Codec(
        lambda value: value // timedelta(microseconds=1),
        lambda micros: timedelta(microseconds=micros),
    ),
}


def _of_dataclass(kind: Any) -> Codec:
    defaults = {
        field.name: field.default if field.default_factory is MISSING else field.default_factory
        for field in fields(kind)
        if field.init
    }
    return _of_fields(kind, defaults)


def _of_fields(kind: Any, defaults: Mapping[str, object]) -> Codec:
    """A codec of named fields; those whose default is MISSING must be there."""
    hints = get_type_hints(kind)
    parts = tuple((name, codec_of(hints[name])) for name in defaults)
    encoders = tuple((name, part.encode) for name, part in parts)
    decoders = tuple((name, part.decode) for name, part in parts)
    required = frozenset(name for name, default in defaults.items() if default is MISSING)

    def encode_fields(value: Any) -> dict[str, Any]:
        return {name: one(getattr(value, name)) for name, one in encoders}

    def decode_fields(data: Mapping[str, Any]) -> Any:
        if not required <= data.keys():
            raise KeyError(f"{kind.__name__}.{min(required - data.keys())}")
        return kind(**{name: one(data[name]) for name, one in decoders if name in data})

    return Codec(encode_fields, decode_fields)


def _of_tuple(arguments: tuple[Any, ...]) -> Codec:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        part = codec_of(arguments[0])
        return Codec(
            lambda values: list(map(part.encode, values)),
            lambda data: tuple(map(part.decode, data)),
        )
    parts = tuple(codec_of(argument) for argument in arguments)
    return Codec(
        lambda values: [p.encode(value) for p, value in zip(parts, values, strict=True)],
        lambda data: tuple(p.decode(item) for p, item in zip(parts, data, strict=True)),
    )


def _of_set(arguments: tuple[Any, ...]) -> Codec:
    part = codec_of(arguments[0])
    return Codec(
        lambda values: sorted(map(part.encode, values), key=canonical),
        lambda data: frozenset(map(part.decode, data)),
    )


def _of_mapping(arguments: tuple[Any, ...]) -> Codec:
    key, part = map(codec_of, arguments)
    return Codec(
        lambda values: {key.encode(name): part.encode(value) for name, value in values.items()},
        lambda data: {key.decode(name): part.decode(item) for name, item in data.items()},
    )


def _of_literal(arguments: tuple[Any, ...]) -> Codec:
    """One of a few strings; `index` refuses any other."""
    return Codec(_itself, lambda data: arguments[arguments.index(data)])


def _of_union(arguments: tuple[Any, ...]) -> Codec:
    """None beside something is null; what JSON tells apart goes as it is; the rest by name."""
    members = tuple(argument for argument in arguments if argument is not NoneType)
    if all(isinstance(m, type) and issubclass(m, BaseGeometry) for m in members):
        inner = _GEOMETRY
    elif len(members) == 1:
        inner = codec_of(members[0])
    elif set(members) <= {str, int, bool} or set(members) <= {str, float, bool}:
        inner = Codec(_itself, _itself)
    else:
        inner = _by_name(members)
    if len(members) == len(arguments):
        return inner
    return Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda data: None if data is None else inner.decode(data),
    )


def _by_name(members: tuple[Any, ...]) -> Codec:
    """{name of the class: value}; a literal's is Literal."""
    parts = {member.__name__: codec_of(member) for member in members}

    def encode_named(value: Any) -> dict[str, Any]:
        name = type(value).__name__
        name = name if name in parts else "Literal"
        return {name: parts[name].encode(value)}

    def decode_named(data: Mapping[str, Any]) -> Any:
        ((name, item),) = data.items()
        return parts[name].decode(item)

    return Codec(encode_named, decode_named)


_GENERIC: Mapping[Any, Callable[[tuple[Any, ...]], Codec]] = {
    tuple: _of_tuple,
    frozenset: _of_set,
    Mapping: _of_mapping,
    Literal: _of_literal,
    Union: _of_union,
    UnionType: _of_union,
    np.ndarray: lambda _: Codec(lambda array: array.tolist(), _array),
}
