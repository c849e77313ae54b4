"""Defects of a payload in both languages: what schemas refuse, put as Problems of the domain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from geo.errors import GeoError, GeometryRefused
from geo.text import Text
from service.domain.errors import Problem
from service.wire.common import Output, Reader


@dataclass(frozen=True)
class ShapeProblem(Problem):
    """A defect of a geometry: which ring, which vertex of it, and where that lies."""

    ring: int | None = None
    vertex: int | None = None
    coordinate: tuple[float, float] | None = None


class ProblemOut(Output):
    """A defect or a warning: where, which and in words; of a geometry also ring and vertex."""

    pointer: str
    code: str
    message: str
    ring: int | None = None
    vertex: int | None = None
    coordinate: tuple[float, float] | None = None

    @classmethod
    def from_domain(cls, problem: Problem, reader: Reader) -> Self:
        """The problem in the reader's language."""
        words = reader.words(problem.message)
        said = cls(pointer=problem.pointer, code=problem.code, message=words)
        if not isinstance(problem, ShapeProblem):
            return said
        place = {"ring": problem.ring, "vertex": problem.vertex, "coordinate": problem.coordinate}
        return said.model_copy(update=place)


def of_geometry(pointer: str, refused: GeoError) -> Problem:
    """What geo refuses of the value at `pointer`, with the place inside it."""
    place = pointer + refused.pointer
    if isinstance(refused, GeometryRefused):
        return ShapeProblem(
            place,
            refused.code,
            refused.message,
            ring=refused.ring,
            vertex=refused.vertex,
            coordinate=refused.coordinate,
        )
    return Problem(place, refused.code, refused.message)


def of_schema(defects: Iterable[Mapping[str, object]], skip: int = 0) -> tuple[Problem, ...]:
    """What a schema refused; `skip` leaves out the first parts of each place, such as "body"."""
    found = list(defects)
    return tuple(_problem(defect, skip) for defect in found if not _is_echo(defect, found))


def _is_echo(defect: Mapping[str, object], found: Sequence[Mapping[str, object]]) -> bool:
    """True of a list called too short because its refused items were left out of the count."""
    loc = defect["loc"]
    assert isinstance(loc, tuple), "schemas name the place as a tuple"
    return defect["type"] == "too_short" and any(
        isinstance(other["loc"], tuple) and other["loc"][: len(loc)] == loc != other["loc"]
        for other in found
    )


def pointer_to(parts: Sequence[int | str]) -> str:
    """The JSON Pointer to a place."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _problem(defect: Mapping[str, object], skip: int) -> Problem:
    code, said, loc = str(defect["type"]), str(defect["msg"]), defect["loc"]
    context = defect.get("ctx")
    facts = context if isinstance(context, dict) else {}
    zh = facts.get("zh") or _ZH.get(code, "输入不符合要求").format_map(_Facts(facts))
    assert isinstance(loc, tuple), "schemas name the place as a tuple"
    return Problem(pointer_to(loc[skip:]), code, Text(str(zh), said))


class _Facts(dict[str, object]):
    """The numbers of a message; one that is not there leaves a dash."""

    def __missing__(self, key: str) -> str:
        return "-"


_ZH = {
    "missing": "缺少必填项",
    "extra_forbidden": "不认识的字段",
    "string_type": "须为文本",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "含有不允许的字符或格式不符",
    "int_type": "须为整数",
    "int_from_float": "须为整数",
    "float_type": "须为数值",
    "finite_number": "须为有限数值",
    "bool_type": "须为 true 或 false",
    "greater_than": "须大于 {gt}",
    "greater_than_equal": "须不小于 {ge}",
    "less_than": "须小于 {lt}",
    "less_than_equal": "须不大于 {le}",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "enum": "须为下列之一：{expected}",
    "literal_error": "须为下列之一：{expected}",
    "model_attributes_type": "须为对象",
    "model_type": "须为对象",
    "dict_type": "须为对象",
    "list_type": "须为数组",
    "tuple_type": "须为数组",
    "datetime_from_date_parsing": "须为 RFC 3339 时间",
    "date_from_datetime_parsing": "须为 YYYY-MM-DD 日期",
}
