"""Tables of fixes as rows, separated by whatever the header is, of any length."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from geo.text import Text
from service.adapters.files.tables import Row
from service.adapters.files.tracks_sheet import lines
from service.domain.errors import Malformed, Problem

_SEPARATORS = ",;\t"


class Table(NamedTuple):
    """The header and the rows below it, each read as it is asked for."""

    header: list[str]
    rows: Iterator[Row]


def read_table(stream: BinaryIO) -> Table:
    """The table; Malformed without a header."""
    raw = lines(stream)
    first = _text(next(raw, b"").removeprefix(b"\xef\xbb\xbf"))
    separator = max(_SEPARATORS, key=first.count)
    try:
        header = next(csv.reader([first], delimiter=separator), [])
    except csv.Error as error:
        raise Malformed([_unreadable(error)]) from error
    if len(header) < 2:
        words = Text("没有表头", "There is no header")
        raise Malformed([Problem("/file", "columns_missing", words)])
    return Table(header, _rows(raw, header, separator))


def _rows(raw: Iterator[bytes], header: list[str], separator: str) -> Iterator[Row]:
    records = csv.reader(map(_text, raw), delimiter=separator)
    while True:
        try:
            fields = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(records.line_num + 1, {}, _unreadable(error))
            continue
        line = records.line_num + 1
        if len(fields) == len(header):
            yield Row(line, dict(zip(header, fields, strict=True)))
        elif fields:
            words = Text("列数与表头不符", "It has not as many columns as the header")
            yield Row(line, {}, Problem("", "column_count", words))


def _text(line: bytes) -> str:
    # positions are plain ASCII; a message of the device in another encoding is no reason to stop
    return line.decode("utf-8", errors="replace")


def _unreadable(error: Exception) -> Problem:
    return Problem("/file", "unreadable", Text("无法读取", f"It cannot be read: {error}"))
