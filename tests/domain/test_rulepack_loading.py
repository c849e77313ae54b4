"""Rule packs are read, laid over each other, and refused with file and row when not sound."""

from datetime import date
from pathlib import Path

import pytest

from service.adapters.files.rulepacks import RulePackRefused, read_rule_book
from service.adapters.files.rules_doc import rules_document
from service.domain.rulebook_gaps import REQUIRED
from service.domain.rulepack import LimitKey, RuleBook

ROOT = Path(__file__).parents[2]
HEADER = """
[pack]
code = "elsewhere"
name = { zh = "他市", en = "Elsewhere" }
extends = "cn-chengdu"
opens = 2026-01-01

[sources.LOCAL]
title = { zh = "本市规定", en = "A local rule" }
binding = "local_rule"
"""
BATCH = {
    "id": '"telemetry.batch"',
    "title": '{ zh = "批量", en = "Batch" }',
    "source": '"LOCAL"',
    "verified": "true",
    "value": "200",
    "unit": '"count"',
}


def limit(**keys: str) -> str:
    """A limit row that sets the batch size; None leaves a key out."""
    return "\n[[limit]]\n" + "\n".join(f"{key} = {text}" for key, text in (BATCH | keys).items())


def without(key: str) -> str:
    """The same row lacking one key."""
    return limit().replace(f"{key} = {BATCH[key]}\n", "")


def read(folder: Path, *rows: str, header: str = HEADER) -> RuleBook:
    """The book of a city that lays `rows` over the packs of Chengdu."""
    (folder / "elsewhere.toml").write_text("\n".join([header, *rows]), encoding="utf-8")
    return read_rule_book("elsewhere", folder)


def test_a_city_lays_its_rule_over_the_wider_ones(tmp_path: Path) -> None:
    limit_now = read(tmp_path, limit()).at(date(2026, 6, 1)).limit(LimitKey.telemetry_batch)
    assert limit_now.value == 200
    assert limit_now.rule.jurisdiction == "elsewhere"
    assert limit_now.rule.overrides == ("cn",)


def test_what_a_city_does_not_say_is_as_in_the_wider_packs(tmp_path: Path) -> None:
    pack = read(tmp_path).at(date(2026, 6, 1))
    assert pack.number(LimitKey.telemetry_batch) == 500
    assert pack.name.en == "Elsewhere"


def test_a_row_takes_binding_and_validity_of_its_source(tmp_path: Path) -> None:
    header = HEADER + "valid_from = 2026-03-01\n"
    book = read(tmp_path, limit(), header=header)
    assert book.at(date(2026, 2, 28)).number(LimitKey.telemetry_batch) == 500
    changed = book.at(date(2026, 3, 1)).limit(LimitKey.telemetry_batch)
    assert (changed.value, changed.rule.binding) == (200, "local_rule")


def test_one_id_may_have_successive_values(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        limit(valid_to="2026-06-30"),
        limit(valid_from="2026-07-01", value="300"),
    )
    assert book.at(date(2026, 6, 30)).number(LimitKey.telemetry_batch) == 200
    assert book.at(date(2026, 7, 1)).number(LimitKey.telemetry_batch) == 300


def test_the_version_changes_with_content_and_not_with_layout(tmp_path: Path) -> None:
    version = read(tmp_path, limit()).version
    assert read(tmp_path, "# a comment", limit(), "\n\n").version == version
    assert read(tmp_path, limit(value="201")).version != version


LIMIT = "[[limit]] #1 telemetry.batch"


@pytest.mark.parametrize(
    ("row", "place", "says"),
    [
        (limit(colour='"red"'), LIMIT, "unknown key colour"),
        (without("value"), LIMIT, "value is missing"),
        (without("title"), LIMIT, "title is missing"),
        (without("verified"), LIMIT, "verified is missing"),
        (without("id"), "[[limit]] #1", "id is missing"),
        (limit(source='"NOWHERE"'), LIMIT, "there is no source NOWHERE"),
        (without("source"), LIMIT, "source is missing"),
        (limit(unit='"furlong"'), LIMIT, "unknown code 'furlong'"),
        (limit(binding='"custom"'), LIMIT, "unknown code 'custom'"),
        (limit(value='"200"'), LIMIT, "expected a number"),
        (limit(value="true"), LIMIT, "expected a number"),
        (limit(value="nan"), LIMIT, "expected a number"),
        (limit(verified='"yes"'), LIMIT, "expected a true/false"),
        (limit(title='{ zh = "批量" }'), LIMIT, "a text in both"),
        (limit(valid_from='"2026-01-01"'), LIMIT, "expected a date"),
        (limit(valid_from="2026-01-01T00:00:00Z"), LIMIT, "expected a date"),
        (limit(uas_classes='"micro"'), LIMIT, "an array is expected"),
        (limit(uas_classes='["micro", "micro"]'), LIMIT, "holds something twice"),
        (limit(elsewhere="3"), LIMIT, "a table is expected"),
        (limit(valid_from="2026-05-01", valid_to="2026-04-30"), LIMIT, "before valid_from"),
        (limit().replace("[[limit]]", "[[limits]]"), "[[limits]]", "unknown topic"),
        (limit() + limit(), LIMIT.replace("#1 ", ""), "the id stands twice"),
        (
            limit(valid_to="2026-06-30") + limit(valid_from="2026-06-30"),
            LIMIT.replace("#1 ", ""),
            "validity of two rules of this id overlaps",
        ),
        (
            limit(id='"switch.deemed_approval"'),
            "[[limit]] switch.deemed_approval",
            "belongs to the topic switch",
        ),
    ],
)
def test_a_defective_row_is_refused_with_its_file_and_place(
    tmp_path: Path, row: str, place: str, says: str
) -> None:
    with pytest.raises(RulePackRefused) as refused:
        read(tmp_path, row)
    told = [
        (defect.file, defect.row) for defect in refused.value.defects if says in defect.message.en
    ]
    assert told == [("elsewhere.toml", place)]


SHARING = 'severity = "blocking"\noffices = []\n'
LEAD = 'domain = "ground"\nrole = "police"\nstage = "expert"\nlead = true\nworking_days = 1'
NO_BOX = "west = 2\nsouth = 0\neast = 1\nnorth = 1"


def row(topic: str, rule_id: str, params: str) -> str:
    return f"""
[[{topic}]]
id = "{rule_id}"
title = {{ zh = "规则", en = "A rule" }}
source = "LOCAL"
verified = false
{params}
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (row("separation", "sep.x", "horizontal_m = -1\nvertical_m = 0"), "cannot be negative"),
        (row("risk_scale", "risk.scale", "medium_from = 5\nhigh_from = 5"), "0 < medium_from"),
        (row("severity", "severity.grave", "deaths = 1"), "the id must be one of severity."),
        (row("uas_class", "uas.class.tiny", "order = 1"), "the id must be one of uas.class."),
        (row("buffer", "buffer.house", "distances_m = { micro = 1 }"), "one of buffer.airport"),
        (row("buffer", "buffer.rail", "distances_m = { tiny = 1 }"), "unknown code 'tiny'"),
        (row("reports_gate", "gate.x", "phases = []\noverdue = 0"), "name the phases"),
        (
            row("exposure_gate", "gate.x", 'phases = ["road_test"]\nmodes = []'),
            "needs hours, km, or both",
        ),
        (
            row("deadline", "x", 'clock = "wall"\namount = -1\nstarts_at = "takeoff"'),
            "`at` belongs to the clock `wall`",
        ),
        (
            row("sharing", "sharing.zone_hours", SHARING),
            "separation is missing",
        ),
        (
            row("sharing", "sharing.zone_hours", SHARING + 'separation = "sep.far"'),
            "refers to sep.far, which is not there",
        ),
        (
            row("sharing", "sharing.weather", SHARING + 'separation = "sep.none"'),
            "the id must be one of sharing.",
        ),
        (
            row("review", "review.ground.second_lead", LEAD),
            "exactly one lead line, it has 2",
        ),
        (
            row("extent", "jurisdiction.extent", NO_BOX),
            "no extent",
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RulePackRefused, match=r"elsewhere\.toml") as refused:
        read(tmp_path, text)
    assert any(says in defect.message.en for defect in refused.value.defects)


def test_all_defects_of_all_rows_are_told_at_once_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(RulePackRefused) as refused:
        read(tmp_path, limit(unit='"furlong"', colour='"red"'), limit(source='"NOWHERE"'))
    assert len(refused.value.defects) == 3
    assert all(defect.message.zh and defect.message.en for defect in refused.value.defects)
    assert str(refused.value).count("elsewhere.toml [[limit]] #") == 3


def test_a_pack_that_stands_alone_is_told_every_rule_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(RulePackRefused) as refused:
        read(tmp_path, header=HEADER.replace('extends = "cn-chengdu"\n', ""))
    told = "\n".join(str(defect) for defect in refused.value.defects)
    assert [rule_id for rule_id in REQUIRED if f" {rule_id} (" not in told] == []


def test_a_required_rule_that_lapses_is_missing_from_the_day_after(tmp_path: Path) -> None:
    national = (ROOT / "service/rulepacks/cn.toml").read_text(encoding="utf-8")
    lapsing = national.replace("start = 22:00:00", "valid_to = 2026-08-31\nstart = 22:00:00")
    (tmp_path / "cn.toml").write_text(lapsing, encoding="utf-8")
    with pytest.raises(RulePackRefused) as refused:
        read_rule_book("cn-chengdu", tmp_path)
    (defect,) = refused.value.defects
    assert "hours.night" in defect.message.en
    assert defect.row == "(2026-09-01)"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (HEADER.replace("cn-chengdu", "atlantis"), "atlantis.toml : there is no such pack file"),
        (HEADER.replace("cn-chengdu", "elsewhere"), "in a circle"),
        (HEADER.replace('code = "elsewhere"', 'code = "other"'), "the code must be elsewhere"),
        (HEADER.replace("opens = 2026-01-01", ""), "opens, the first day of the registry"),
        (HEADER.replace("[pack]", "[pack"), "no valid TOML"),
        (HEADER.replace("[pack]", "[city]"), "code is missing"),
        (HEADER.replace('binding = "local_rule"', ""), "[sources.LOCAL]: binding is missing"),
    ],
)
def test_a_pack_without_a_sound_head_is_refused(tmp_path: Path, header: str, says: str) -> None:
    with pytest.raises(RulePackRefused) as refused:
        read(tmp_path, header=header)
    assert says in str(refused.value)


def test_the_document_marks_what_nobody_verified_and_names_every_rule() -> None:
    pack = read_rule_book("cn-chengdu").packs[-1]
    document = rules_document(pack)
    assert [rule.id for rule in pack.rules if f"| `{rule.id}` |" not in document] == []
    assert "项目默认值，未核实 / Project default, unverified |" in document
    assert "替代 / replaces cn" in document


def test_the_document_in_the_checkout_is_the_one_the_packs_give() -> None:
    document = rules_document(read_rule_book("cn-chengdu").packs[-1])
    assert (ROOT / "docs/rules.md").read_text(encoding="utf-8") == document
