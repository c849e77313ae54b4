"""What an operator asks for, checked against the registry: vehicles, people, policies, places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.text import Text
from service.domain.application import AttachedDocument, Condition, Content
from service.domain.errors import Malformed, Problem
from service.domain.journal import Actor
from service.domain.kinds import ConditionKind, Domain, Phase, SupervisionMode
from service.domain.supervision import misplaced
from service.usecases.context import Context
from service.usecases.ports import Tx
from service.usecases.registry import Owned
from service.usecases.volumes import VolumeRequest, of_one_domain, resolve


@dataclass(frozen=True)
class ContentRequest:
    """What an operator asks for, before its places have met the registry."""

    title: str
    domain: Domain
    phase: Phase
    follows: str | None
    volumes: tuple[VolumeRequest, ...]
    vehicle_ids: tuple[str, ...]
    person_ids: tuple[str, ...]
    supervision_mode: SupervisionMode
    passengers: bool
    cargo: bool
    over_people: bool
    valid_from: datetime
    valid_to: datetime
    requested_conditions: tuple[Condition, ...]
    documents: tuple[AttachedDocument, ...]
    insurance_ids: tuple[str, ...]


def checked_content(tx: Tx, actor: Actor, ctx: Context, request: ContentRequest) -> Content:
    """The content that `request` describes; Malformed names everything that cannot be used."""
    problems = [
        *of_one_domain(request.domain, request.phase, request.volumes),
        *misplaced("/supervision_mode", request.supervision_mode, request.domain),
        *_untimely(request),
        *_strangers(tx, actor, request),
        *unsound("/requested_conditions", request.requested_conditions, request.domain),
    ]
    if problems:
        raise Malformed(problems)
    return Content(
        title=request.title,
        domain=request.domain,
        phase=request.phase,
        follows=request.follows,
        volumes=resolve(tx, ctx, request.volumes, len(request.vehicle_ids)),
        vehicle_ids=request.vehicle_ids,
        person_ids=request.person_ids,
        supervision_mode=request.supervision_mode,
        passengers=request.passengers,
        cargo=request.cargo,
        over_people=request.over_people,
        valid_from=request.valid_from,
        valid_to=request.valid_to,
        requested_conditions=request.requested_conditions,
        documents=request.documents,
        insurance_ids=request.insurance_ids,
    )


def unsound(pointer: str, conditions: Sequence[Condition], domain: Domain) -> Iterator[Problem]:
    """A problem for every condition whose value no machine could check, or not in that domain."""
    for index, condition in enumerate(conditions):
        place = f"{pointer}/{index}/value"
        if not condition.is_sound:
            zh, en = condition.kind.title
            words = Text(f"{zh}的取值无效", f"This is no value of the condition {en}")
            yield Problem(place, "condition_value", words)
        elif condition.kind is ConditionKind.supervision_mode:
            yield from misplaced(place, SupervisionMode(condition.value), domain)


def _untimely(request: ContentRequest) -> Iterator[Problem]:
    """Problems of the validity, and of volumes used outside it."""
    if request.valid_to <= request.valid_from:
        words = Text("结束时间不晚于开始时间", "The end is not after the start")
        yield Problem("/valid_to", "end_before_start", words)
        return
    for volume in request.volumes:
        used = volume.schedule
        if used.start < request.valid_from or used.end is None or used.end > request.valid_to:
            words = Text("时间安排超出申请期限", "It is used outside the validity applied for")
            yield Problem(f"{volume.pointer}/schedule", "schedule_outside_validity", words)


def _strangers(tx: Tx, actor: Actor, request: ContentRequest) -> Iterator[Problem]:
    """A problem for everything named that the actor's organisation has not, or names twice."""
    vehicles = tx.vehicles.find(request.vehicle_ids)
    yield from _unknown(actor, "vehicle_ids", request.vehicle_ids, vehicles)
    people = tx.people.find(request.person_ids)
    yield from _unknown(actor, "person_ids", request.person_ids, people)
    insured = tx.insurance.find(request.insurance_ids)
    yield from _unknown(actor, "insurance_ids", request.insurance_ids, insured)
    for index, key in enumerate(request.vehicle_ids):
        if key in vehicles and vehicles[key].domain is not request.domain:
            words = Text("车辆与申请领域不符", "This vehicle is of the other domain")
            yield Problem(f"/vehicle_ids/{index}", "vehicle_of_other_domain", words)
    if request.follows is not None:
        permit = tx.permits.find([request.follows]).get(request.follows)
        if permit is None or permit.organisation_id != actor.organisation_id:
            yield _no_such("/follows", request.follows)


def _unknown(
    actor: Actor, field: str, keys: Sequence[str], known: Mapping[str, Owned]
) -> Iterator[Problem]:
    """What is not there and what is another's look alike."""
    for index, key in enumerate(keys):
        pointer = f"/{field}/{index}"
        if key not in known or known[key].organisation_id != actor.organisation_id:
            yield _no_such(pointer, key)
        elif keys.index(key) != index:
            words = Text(f"{key} 重复", f"{key} is named twice")
            yield Problem(pointer, "repeated", words)


def _no_such(pointer: str, key: str) -> Problem:
    words = Text(f"本单位没有登记 {key}", f"Your organisation has registered no {key}")
    return Problem(pointer, "unknown", words)
