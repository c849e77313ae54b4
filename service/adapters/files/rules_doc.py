"""docs/rules.md: every rule of a pack by topic, zh and en, with its source and whether verified.

Generated from the pack and nothing else, so that a check can tell a stale copy by comparing text.
"""

from collections.abc import Iterator, Mapping
from datetime import time

from geo.text import Text
from service.domain.rulebook_rule import Param, Rule, Source
from service.domain.rulebook_topics import TOPICS
from service.domain.rulepack import RulePack, SharingCase
from service.domain.sharing import COMPARED

HEAD = """\
# 规则一览 / Rules: {name.zh} / {name.en}

由 `testzone rules doc` 从规则包生成，请勿手工修改。
Generated from the rule packs by `testzone rules doc`; do not edit.

规则包 / Pack `{code}`，版本 / version `{version}`,自 / in force from {first_day}

带有「未核实」标记的规则尚无人核对原文;没有法定来源的数值为「项目默认值」。
Rules marked "未核实 / Unverified" have not been compared with the text they cite; numbers without a
legal source are project defaults (项目默认值). The pack of the narrower jurisdiction replaces rules
of the same id.
"""
COLUMNS = (
    "编号 / Id",
    "规则 / Rule",
    "内容 / Content",
    "来源 / Source",
    "效力 / Binding",
    "核实 / Verified",
)

SHARING_COLUMNS = (
    "情形 / Case",
    "比较内容 / Compared",
    "水平、垂直、时间间隔 / Apart in place, height, time",
    "结论 / Severity",
    "部门 / Offices",
)


def rules_document(pack: RulePack) -> str:
    """The rules of the pack as Markdown, one table per topic."""
    head = HEAD.format(
        name=pack.name, code=pack.code, version=pack.version, first_day=pack.first_day
    )
    by_topic = {topic: [rule for rule in pack.rules if rule.topic == topic] for topic in TOPICS}
    tables = [_table(TOPICS[topic].title, rules) for topic, rules in by_topic.items() if rules]
    return "\n".join([head, *tables, _sharing(pack), _sources(pack)])


def _sharing(pack: RulePack) -> str:
    """What is compared with what, how far apart it has to be, and how grave a finding is."""
    rules = (pack.sharing(case) for case in SharingCase)
    rows = (
        _line(
            (
                f"{rule.case.title.zh} / {rule.case.title.en}",
                "{0.zh} / {0.en}".format(COMPARED[rule.case].title),
                f"{rule.minima.horizontal_m:g} m, {rule.minima.vertical_m:g} m, "
                f"{rule.minima.time_s:g} s",
                f"{rule.severity.title.zh} / {rule.severity.title.en}",
                ", ".join(rule.offices) or "–",
            )
        )
        for rule in rules
    )
    head = [_line(SHARING_COLUMNS), _line("---" for _ in SHARING_COLUMNS)]
    return "## 共用判定 / What is compared with what\n\n" + "\n".join([*head, *rows]) + "\n"


def _table(title: Text, rules: list[Rule]) -> str:
    rows = [_line(COLUMNS), _line("---" for _ in COLUMNS), *map(_row, rules)]
    return f"## {title.zh} / {title.en}\n\n" + "\n".join(rows) + "\n"


def _line(cells: Iterator[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _row(rule: Rule) -> str:
    said = [rule.title, rule.note] if rule.note else [rule.title]
    mark = rule.mark
    return _line(
        (
            f"`{rule.id}`",
            "<br>".join(f"{text.zh} / {text.en}" for text in said),
            "<br>".join(f"{name} = {_shown(value)}" for name, value in rule.params.items()) or "–",
            " ".join(filter(None, [rule.source.id, rule.article and f"§ {rule.article}"])),
            "<br>".join([f"{rule.binding.title.zh} / {rule.binding.title.en}", *_history(rule)]),
            f"{mark.zh} / {mark.en}" if mark else "已核实 / Verified",
        )
    )


def _history(rule: Rule) -> Iterator[str]:
    """What is worth knowing of a rule's validity and of what it replaced."""
    if rule.valid_from or rule.valid_to:
        yield f"{rule.valid_from or ''} – {rule.valid_to or ''}".strip()
    for wider in rule.overrides:
        yield f"替代 / replaces {wider}"


def _shown(value: Param) -> str:
    match value:
        case bool():
            return "是 / yes" if value else "否 / no"
        case float():
            return f"{value:g}"
        case int():
            return f"{value:,}"
        case time():
            return f"{value:%H:%M}"
        case Mapping():
            if value.keys() == {"zh", "en"}:
                return f"{value['zh']} / {value['en']}"
            return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
        case list() | tuple():
            return ", ".join(map(_shown, value)) or "–"
    return str(value)


def _sources(pack: RulePack) -> str:
    cited: dict[str, Source] = {rule.source.id: rule.source for rule in pack.rules}
    lines = [
        f"- **{source.id}**: {source.title.zh} / {source.title.en}"
        for _, source in sorted(cited.items())
    ]
    return "## 来源 / Sources\n\n" + "\n".join(lines) + "\n"
