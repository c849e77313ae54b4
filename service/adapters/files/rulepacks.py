"""Reads rule packs from TOML files, lays the narrower over the wider, refuses what is not sound.

A pack file names itself under [pack] and its documents under [sources.*]; its rules stand in arrays
of tables, one per topic (service/domain/rulebook_topics.py). All defects of all files are reported
at once, each with its file and row.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources
from itertools import combinations
from pathlib import Path

from geo.text import Text
from service.adapters.files.toml_values import Made, made
from service.domain.rulebook_gaps import gaps
from service.domain.rulebook_rule import Binding, Rule, RuleRow, Source
from service.domain.rulebook_topics import TOPICS
from service.domain.rulepack import RuleBook

Table = Mapping[str, object]


@dataclass(frozen=True)
class Defect:
    """What is wrong with a pack: the file, the row, and in words."""

    file: str
    row: str
    message: Text

    def __str__(self) -> str:
        """One line in both languages."""
        return f"{self.file} {self.row}: {self.message.en} / {self.message.zh}"


class RulePackRefused(Exception):
    """The packs are not sound; `defects` lists everything found."""

    def __init__(self, defects: Iterable[Defect]) -> None:
        """Say every defect on a line of its own."""
        self.defects = tuple(defects)
        super().__init__("\n".join(map(str, self.defects)))


@dataclass(frozen=True)
class Header:
    """What a pack says of itself; `opens` is the first day of a registry that runs on it."""

    code: str
    name: Text
    extends: str | None = None
    opens: date | None = None


@dataclass(frozen=True)
class Document:
    """A source as written; its id is the key of its table."""

    title: Text
    binding: Binding
    valid_from: date | None = None


@dataclass(frozen=True)
class RuleHead:
    """The keys that every rule has, whatever its topic."""

    id: str
    title: Text
    source: str
    verified: bool
    article: str | None = None
    binding: Binding | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: Text | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that ends before it begins."""
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")


HEAD_KEYS = frozenset(field.name for field in fields(RuleHead))


def read_rule_book(code: str, folder: Path | None = None) -> RuleBook:
    """The rule book of a jurisdiction; its files are looked for in `folder`, then in the package.

    RulePackRefused, with every defect, when they are not sound.
    """
    reading = _Reading(folder)
    city = reading.read(code)
    if city is None:
        raise RulePackRefused(reading.defects)
    if city.opens is None:
        message = Text("缺少 opens（开办日期）", "opens, the first day of the registry, is missing")
        reading.refuse(f"{code}.toml", "[pack]", message)
    reading.refuse_clashes()
    version = _digest(reading.contents)
    book = RuleBook.of(version, code, city.name, city.opens or date.min, reading.rows)
    reading.refuse_gaps(book)
    if reading.defects:
        raise RulePackRefused(reading.defects)
    return book


def _digest(contents: Iterable[Table]) -> str:
    """Twelve hex digits that change with any content and not with layout or comments."""
    text = json.dumps(list(contents), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _Reading:
    """One reading of a chain of packs: what was found so far, sound or not."""

    def __init__(self, folder: Path | None) -> None:
        packaged = resources.files("service.rulepacks")
        self.folders = [folder, packaged] if folder else [packaged]
        self.defects: list[Defect] = []
        self.contents: list[Table] = []
        self.sources: dict[str, Source] = {}
        self.rows: list[RuleRow] = []
        self.refused_ids: set[object] = set()

    def refuse(self, file: str, row: str, message: Text) -> None:
        """Keep a defect."""
        self.defects.append(Defect(file, row, message))

    def read(self, code: str, narrower: tuple[str, ...] = ()) -> Header | None:
        """Take in the pack and, before it, all that it extends; None when it cannot be read."""
        name = f"{code}.toml"
        if code in narrower:
            self.refuse(
                name, "[pack] extends", Text("规则包循环继承", "the packs extend in a circle")
            )
            return None
        content = self._content(name)
        if content is None:
            return None
        header = self._header(name, code, content)
        if header and header.extends:
            self.read(header.extends, (*narrower, code))
        self.contents.append(content)
        self._take_sources(name, content)
        self._take_rules(name, code, content)
        return header

    def _content(self, name: str) -> Table | None:
        files = [file for folder in self.folders if (file := folder / name).is_file()]
        if not files:
            self.refuse(name, "", Text("没有这个规则包文件", "there is no such pack file"))
            return None
        try:
            return tomllib.loads(files[0].read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.refuse(name, "", Text(f"不是有效的 TOML:{error}", f"no valid TOML: {error}"))
            return None

    def _header(self, name: str, code: str, content: Table) -> Header | None:
        header = self._made(name, "[pack]", Header, content.get("pack", {}))
        if header and header.code != code:
            message = Text(f"code 应为 {code}", f"the code must be {code}, like the file's name")
            self.refuse(name, "[pack]", message)
        return header

    def _take_sources(self, name: str, content: Table) -> None:
        sources = content.get("sources", {})
        for source_id, raw in sources.items() if isinstance(sources, dict) else ():
            written = self._made(name, f"[sources.{source_id}]", Document, raw)
            if written:
                source = Source(source_id, written.title, written.binding, written.valid_from)
                self.sources[source_id] = source

    def _take_rules(self, name: str, code: str, content: Table) -> None:
        for topic, tables in content.items():
            if topic in {"pack", "sources"}:
                continue
            if topic not in TOPICS:
                known = ", ".join(TOPICS)
                message = Text(f"未知的主题（可用：{known}）", f"unknown topic (known: {known})")
                self.refuse(name, f"[[{topic}]]", message)
                continue
            for number, raw in enumerate(tables if isinstance(tables, list) else [tables], 1):
                rule_id = raw.get("id") if isinstance(raw, dict) else None
                place = f"[[{topic}]] #{number} {rule_id or ''}".strip()
                row = self._row(name, place, code, topic, raw)
                if row:
                    self.rows.append(row)
                else:
                    self.refused_ids.add(rule_id)

    def _row(self, name: str, place: str, code: str, topic: str, raw: object) -> RuleRow | None:
        table = raw if isinstance(raw, dict) else {}
        head = self._made(name, place, RuleHead, {k: v for k, v in table.items() if k in HEAD_KEYS})
        params = {key: entry for key, entry in table.items() if key not in HEAD_KEYS}
        source = self.sources.get(head.source) if head else None
        if head and not source:
            message = Text(f"未登记的来源 {head.source}", f"there is no source {head.source}")
            self.refuse(name, place, message)
        if not (head and source):
            return None
        rule = Rule(
            id=head.id,
            topic=topic,
            title=head.title,
            source=source,
            article=head.article,
            binding=head.binding or source.binding,
            verified=head.verified,
            jurisdiction=code,
            valid_from=head.valid_from or source.valid_from,
            valid_to=head.valid_to,
            params=params,
            note=head.note,
        )
        return self._made(name, place, TOPICS[topic].row, params, rule=rule)

    def _made(
        self, name: str, place: str, kind: type[Made], raw: object, **given: object
    ) -> Made | None:
        if isinstance(raw, dict):
            return made(kind, raw, lambda message: self.refuse(name, place, message), **given)
        self.refuse(name, place, Text("应为表", "a table is expected"))
        return None

    def refuse_clashes(self) -> None:
        """Refuse rules of one file that share an id and a day, and ids that change their topic."""
        by_id: dict[str, list[Rule]] = {}
        for row in self.rows:
            by_id.setdefault(row.rule.id, []).append(row.rule)
        for rules in by_id.values():
            for one, other in combinations(rules, 2):
                file, place = f"{other.jurisdiction}.toml", f"[[{other.topic}]] {other.id}"
                if one.topic != other.topic:
                    self.refuse(file, place, _other_topic(one))
                elif one.jurisdiction == other.jurisdiction and _overlap(one, other):
                    self.refuse(file, place, _twice(one, other))

    def refuse_gaps(self, book: RuleBook) -> None:
        """Refuse what any pack of the book lacks, once; rules refused already are not missing."""
        told: set[Text] = set()
        for pack in book.packs:
            for subject, message in gaps(pack):
                if subject not in self.refused_ids and message not in told:
                    told.add(message)
                    self.refuse(f"{book.code}.toml", f"({pack.first_day})", message)


def _overlap(one: Rule, other: Rule) -> bool:
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (
        other.valid_from or date.min
    ) <= (one.valid_to or date.max)


def _twice(one: Rule, other: Rule) -> Text:
    if (one.valid_from, one.valid_to) == (other.valid_from, other.valid_to):
        return Text("规则编号重复", "the id stands twice")
    return Text("同一编号的有效期重叠", "the validity of two rules of this id overlaps")


def _other_topic(one: Rule) -> Text:
    return Text(
        f"该编号在 {one.jurisdiction} 中属于 {one.topic}",
        f"the id belongs to the topic {one.topic} in {one.jurisdiction}",
    )
