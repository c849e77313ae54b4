"""What of the findings a reader may know (decision 13, Art. 50).

Of another's permit the measures are told and the name is not: wire/findings.py takes it out. Of a
restriction that only authorities see nothing is told but that a volume meets one, how gravely and
whom to ask: where it ends, when it holds, of what kind it is and how many there are stay unsaid.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from geo.conflict import Verdict
from geo.text import Text
from service.domain.access import INSIDERS, Action, Allowed, decide
from service.domain.finding_maker import finding_id
from service.domain.findings import (
    CONFIDENTIAL,
    Against,
    Citation,
    Finding,
    Resolution,
    ordered,
)
from service.domain.journal import Actor
from service.domain.kinds import AUTHORITIES, Role, Severity

UNDISCLOSED = "undisclosed"
"""Stands for a rule where to name it would tell what is hidden."""

HIDDEN = Text("未公开的限制", "a restriction that is not public")
_RULE = Citation(UNDISCLOSED, HIDDEN, "", None, UNDISCLOSED, verified=False)
_PARTY = Against("restriction", UNDISCLOSED, HIDDEN, CONFIDENTIAL)


def knows(actor: Actor, owner_id: str | None) -> bool:
    """True when the actor may know more of an owner's things than their kind (see `Against`)."""
    if owner_id == CONFIDENTIAL:
        return actor.role in INSIDERS
    return owner_id is None or isinstance(decide(actor, Action.permit_read, owner_id), Allowed)


def is_hidden(finding: Finding) -> bool:
    """True when it was made against what only authorities may know of."""
    return any(party.owner_id == CONFIDENTIAL for party in finding.against)


def is_withheld(finding: Finding) -> bool:
    """True of advice on what is hidden: nothing may show to others that it was given."""
    return is_hidden(finding) and finding.severity is Severity.advisory


def disclosed(actor: Actor, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings as the actor may know them, in their one order.

    Others' pending applications are advice to authorities. Of what is hidden, advice is left out
    and the rest said once for each volume.
    """
    told = [finding for finding in findings if not _is_anothers_plan(actor, finding)]
    if knows(actor, CONFIDENTIAL):
        return ordered(told)
    hidden = [finding for finding in told if is_hidden(finding) and not is_withheld(finding)]
    return ordered([*(f for f in told if not is_hidden(f)), *_veiled(hidden)])


def _is_anothers_plan(actor: Actor, finding: Finding) -> bool:
    mine = (None, actor.organisation_id)
    return actor.role not in AUTHORITIES and any(
        party.type == "application" and party.owner_id not in mine for party in finding.against
    )


def _veiled(hidden: Iterable[Finding]) -> Iterator[Finding]:
    """One finding for all volumes that meet what is hidden equally gravely."""
    alike: dict[tuple[Severity, Verdict], dict[int, list[Finding]]] = defaultdict(dict)
    for index, met in _by_volume(hidden).items():
        alike[met[0].severity, met[0].verdict][index] = met
    return (_veil(*gravity, volumes) for gravity, volumes in alike.items())


def _by_volume(hidden: Iterable[Finding]) -> Mapping[int, list[Finding]]:
    """What each volume meets, gravest first."""
    by_volume: dict[int, list[Finding]] = defaultdict(list)
    for finding in ordered(hidden):
        for index in finding.volume_indexes:
            by_volume[index].append(finding)
    return by_volume


def _veil(
    severity: Severity, verdict: Verdict, volumes: Mapping[int, Sequence[Finding]]
) -> Finding:
    met = [finding for findings in volumes.values() for finding in findings]
    offices = tuple(dict.fromkeys(office for finding in met for office in finding.offices))
    # an application's findings begin with its id
    prefix, dot, _ = met[0].id.rpartition(".")
    return Finding(
        id=prefix + dot + finding_id(f"{UNDISCLOSED}.{severity}", verdict, ()),
        severity=severity,
        verdict=verdict,
        rule=_RULE,
        against=(_PARTY,),
        explanation=_words(verdict, offices),
        offices=offices,
        volume_indexes=tuple(sorted(volumes)),
        resolution=_settlement(met),
    )


def _words(verdict: Verdict, offices: Sequence[Role]) -> Text:
    unsure = verdict is Verdict.indeterminate
    zh = f"{'可能' if unsure else ''}涉及{HIDDEN.zh}"
    en = f"{'May meet' if unsure else 'Meets'} {HIDDEN.en}"
    if not offices:
        return Text(zh, en)
    asked_zh = "、".join(office.title.zh for office in offices)
    asked_en = ", ".join(office.title.en for office in offices)
    return Text(f"{zh}；请咨询{asked_zh}", f"{en}; ask {asked_en}")


def _settlement(met: Sequence[Finding]) -> Resolution | None:
    """The last settlement once nothing is open, without the reasons, which were not written for
    this reader; their conditions are."""
    settled = [finding.resolution for finding in met if finding.resolution is not None]
    if not settled or any(finding.stops_confirm for finding in met):
        return None
    conditions = dict.fromkeys(s.condition for s in settled if s.condition is not None)
    last = max(settled, key=lambda settlement: settlement.at)
    return replace(last, basis="", reason="", condition="; ".join(conditions) or None)
