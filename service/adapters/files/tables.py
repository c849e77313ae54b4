"""Rows of CSV files, record by record, each with the line on which it ends."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Self

from geo.text import Text
from service.domain.errors import Malformed, Problem


@dataclass(frozen=True)
class Row:
    """One record by column name, and its last line; without fields, what was wrong."""

    line: int
    fields: Mapping[str, str]
    problem: Problem | None = None


class _Lines:
    """The lines of a UTF-8 file, counted; one that is none can be passed over."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.read = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self.read += 1
        return line.decode("utf-8-sig" if self.read == 1 else "utf-8")


def read_rows(stream: BinaryIO, columns: Collection[str]) -> Iterator[Row]:
    """The records below the header; Malformed when the header lacks one of `columns`."""
    lines = _Lines(stream)
    records = csv.reader(lines, strict=True)
    try:
        header = next(records, [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise Malformed([_unreadable(error)]) from error
    missing = [column for column in columns if column not in header]
    if missing:
        names = ", ".join(missing)
        words = Text(f"表头缺少列 {names}", f"The header lacks the columns {names}")
        raise Malformed([Problem("", "columns_missing", words)])
    return _rows(lines, records, header)


def _rows(lines: _Lines, records: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
    while True:
        try:
            fields = next(records)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            yield Row(lines.read, {}, _unreadable(error))
            continue
        if len(fields) == len(header):
            yield Row(lines.read, dict(zip(header, fields, strict=True)))
        elif fields:
            count = f"{len(fields)}/{len(header)}"
            words = Text(f"列数与表头不符：{count}", f"Its columns are not the header's: {count}")
            yield Row(lines.read, {}, Problem("", "column_count", words))


def _unreadable(error: Exception) -> Problem:
    return Problem("", "unreadable", Text(f"无法读取：{error}", f"It cannot be read: {error}"))
