"""XML read piece by piece, with nothing in it that could grow: no document type, no entities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from geo.text import Text
from service.domain.errors import Malformed, Problem

MOST_TEXT = 64_000_000
MOST_DEPTH = 100
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Tag:
    """The start of an element, or its end with the text directly in it; the name has no prefix."""

    name: str
    line: int
    ends: bool
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass
class _Reader:
    """Collects what expat tells of a file until it is fetched."""

    parser: expat.XMLParserType
    told: list[Tag] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    size: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.texts) == MOST_DEPTH:
            raise Malformed([_problem("too_deep", "嵌套过深", "Elements are nested too deeply")])
        self.texts.append([])
        self.size = 0
        line = self.parser.CurrentLineNumber
        self.told.append(Tag(_local(name), line, False, attributes))

    def text(self, data: str) -> None:
        self.size += len(data)
        if self.size > MOST_TEXT:
            raise Malformed([_problem("too_long", "单个元素过长", "An element is too long")])
        self.texts[-1].append(data)

    def end(self, name: str) -> None:
        text, line = "".join(self.texts.pop()), self.parser.CurrentLineNumber
        self.told.append(Tag(_local(name), line, True, {}, text.strip()))

    def refuse(self, *_: object) -> None:
        words = "不接受文档类型定义与实体", "Document types and entities are not taken"
        raise Malformed([_problem("document_type", *words)])


def read_tags(stream: BinaryIO) -> Iterator[Tag]:
    """The tags of a file in their order; Malformed where it is no XML, or has a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = _Reader(parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from reader.told
            reader.told.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        words = f"第 {error.lineno} 行不是 XML：{said}", f"Line {error.lineno} is not XML: {said}"
        raise Malformed([_problem("not_xml", *words)]) from error
    yield from reader.told


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _problem(code: str, zh: str, en: str) -> Problem:
    return Problem("/file", code, Text(zh, en))
