"""What people do in the story, each act through the use case that it is an example of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from service.adapters.demo.drives import drive, flight
from service.adapters.demo.story import Act, Body
from service.domain.application import Application
from service.domain.journal import Actor
from service.domain.kinds import ReviewDecision, Role
from service.domain.rulepack import ReviewStage
from service.usecases import (
    applications,
    decisions,
    incidents,
    keys,
    permits,
    registry,
    restrictions,
    telemetry,
    zones,
)
from service.usecases.context import Context
from service.usecases.decisions import ReviewRequest, Withheld
from service.usecases.ports import Tx
from service.wire.content import ApplicationIn
from service.wire.incidents import FactsBody
from service.wire.insurance import InsuranceIn
from service.wire.intake import Intake
from service.wire.people import PersonIn
from service.wire.reviews import ReviewIn
from service.wire.telemetry import SummaryIn, posted
from service.wire.vehicles import VehicleIn


@dataclass(frozen=True)
class Scene:
    """One act about to be done: in which transaction, when, among whom."""

    tx: Tx
    ctx: Context
    cast: Mapping[str, Actor]
    act: Act

    @property
    def body(self) -> Body:
        """What is written of the act."""
        return self.act.body

    @property
    def actor(self) -> Actor:
        """Who does it."""
        assert self.act.by is not None, f"nobody is named for {self.act.name}"
        return self.cast[self.act.by]

    @property
    def owner(self) -> str:
        """The organisation of who does it."""
        assert self.actor.organisation_id is not None, f"{self.actor.name} is of no organisation"
        return self.actor.organisation_id

    @property
    def named(self) -> Context:
        """The context that gives the act's `id` to what is made first."""
        numbers, key = count(), self.body["id"]
        fresh = self.ctx.new_id
        return replace(self.ctx, new_id=lambda: fresh() if next(numbers) else key)

    def office(self, role: Role | None) -> Actor:
        """Whoever acts for an office."""
        return next(actor for actor in self.cast.values() if actor.role is role)


def _person(scene: Scene) -> None:
    body = PersonIn.model_validate(scene.body["content"])
    person = body.to_domain(scene.body["id"], scene.owner)
    registry.register_person(scene.tx, scene.actor, scene.ctx, person)


def _vehicle(scene: Scene) -> None:
    """A vehicle, and a key whose secret is written in the story."""
    body, key = VehicleIn.model_validate(scene.body["content"]), scene.body["id"]
    vehicle = body.to_domain(key, scene.owner)
    registry.register_vehicle(scene.tx, scene.actor, scene.ctx, vehicle)
    known = replace(scene.ctx, new_secret=lambda: str(scene.body["secret"]))
    keys.issue(scene.tx, scene.actor, known, key)


def _insurance(scene: Scene) -> None:
    body = InsuranceIn.model_validate(scene.body["content"])
    policy = body.to_domain(scene.body["id"], scene.owner)
    registry.register_insurance(scene.tx, scene.actor, scene.ctx, policy)


def _step_of_places(scene: Scene) -> None:
    for key in scene.body.get("zones", ()):
        zones.step(scene.tx, scene.actor, scene.ctx, key, scene.act.name)
    for key in scene.body.get("restrictions", ()):
        restrictions.step(scene.tx, scene.actor, scene.ctx, key, scene.act.name)


def _draft(scene: Scene) -> None:
    intake = Intake(scene.ctx.frame)
    request = ApplicationIn.model_validate(scene.body["content"]).to_domain(intake)
    applications.draft(scene.tx, scene.actor, scene.named, request)


def _submit(scene: Scene) -> None:
    applications.submit(scene.tx, scene.actor, scene.ctx, scene.body["application"])


def _review(scene: Scene) -> None:
    application = _application(scene)
    said = {"version": application.version, **scene.body["content"]}
    request = ReviewIn.model_validate(said).to_domain()
    decisions.review(scene.tx, scene.actor, scene.ctx, application.id, request)


def _sign(scene: Scene) -> None:
    """Every office that must sign this stage does, but for those excepted."""
    application = _application(scene)
    waiting = {Role(role) for role in scene.body.get("except", ())}
    for line in application.unsigned(ReviewStage(scene.body["stage"])):
        if line.role not in waiting:
            actor = scene.office(line.role)
            request = ReviewRequest(application.version, ReviewDecision.approve)
            decisions.review(scene.tx, actor, scene.ctx, application.id, request)


def _confirm(scene: Scene) -> None:
    application = _application(scene)
    lead = scene.office(application.lead_role)
    about = (application.id, application.version)
    answer = decisions.confirm(scene.tx, lead, scene.named, *about)
    if isinstance(answer, Withheld):
        raise answer.refusal


def _plate(scene: Scene) -> None:
    about = (scene.body["permit"], scene.body["vehicle"], scene.body["plate"])
    permits.issue_plate(scene.tx, scene.actor, scene.ctx, *about)


def _step_of_permit(scene: Scene) -> None:
    about = (scene.body["permit"], scene.body["step"], scene.body.get("reason", ""))
    permits.step(scene.tx, scene.actor, scene.ctx, *about)


def _drive(scene: Scene) -> None:
    roads = scene.tx.roads.find(scene.body["roads"])
    lines = [roads[key].line for key in scene.body["roads"]]
    _report(scene, drive(scene.act.at, scene.body, lines))


def _fly(scene: Scene) -> None:
    corridor = scene.tx.zones.get(scene.body["corridor"]).volume.footprint.core
    _report(scene, flight(scene.act.at, scene.body, corridor))


def _report(scene: Scene, payloads: Iterator[Body]) -> None:
    """The vehicle posts its summaries, a minute after the last of them ended."""
    read = [SummaryIn.model_validate(payload) for payload in payloads]
    batch = posted(read, scene.ctx.frame)
    vehicle = scene.tx.vehicles.get(scene.body["vehicle"])
    itself = Actor(
        id=vehicle.id,
        name=vehicle.id,
        role=Role.vehicle,
        organisation_id=vehicle.organisation_id,
        vehicle_id=vehicle.id,
    )
    later = replace(scene.ctx, now=max(summary.ended_at for summary in read))
    for result in telemetry.record(scene.tx, itself, later, batch):
        assert result.problem is None, result.problem


def _incident(scene: Scene) -> None:
    intake = Intake(scene.ctx.frame)
    facts = FactsBody.model_validate(scene.body["content"]).to_domain(intake)
    incidents.report(scene.tx, scene.actor, scene.named, facts)


def _fulfil(scene: Scene) -> None:
    """Every obligation that is still open, by one proof."""
    incident = scene.tx.incidents.get(scene.body["incident"])
    for obligation in incident.obligations:
        if obligation.fulfilled_at is None:
            about = (incident.id, obligation.id, scene.body["proof"])
            incidents.fulfil(scene.tx, scene.actor, scene.ctx, *about)


def _close(scene: Scene) -> None:
    incidents.close(scene.tx, scene.actor, scene.ctx, scene.body["incident"])


def _application(scene: Scene) -> Application:
    return scene.tx.applications.get(scene.body["application"])


ACTS: Mapping[str, Callable[[Scene], None]] = {
    "person": _person,
    "vehicle": _vehicle,
    "insurance": _insurance,
    "assess": _step_of_places,
    "publish": _step_of_places,
    "draft": _draft,
    "submit": _submit,
    "review": _review,
    "sign": _sign,
    "confirm": _confirm,
    "plate": _plate,
    "step": _step_of_permit,
    "drive": _drive,
    "fly": _fly,
    "incident": _incident,
    "fulfil": _fulfil,
    "close": _close,
}
