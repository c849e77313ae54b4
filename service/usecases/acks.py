"""What a vehicle is told over MQTT: how far its records are safe, which were refused, its fence.

A message is taken under the name of its topic, for which the broker vouches: whatever an item says
of its vehicle, it is that one's. A vehicle keeps a record until an acknowledgement passes it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.text import Text
from service.domain.access import Action, Allowed, decide
from service.domain.dead_letter import Channel
from service.domain.errors import Problem
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.domain.live import geofence_etag
from service.domain.permit import Permit
from service.domain.telemetry import SummaryKey
from service.domain.vehicle import Vehicle
from service.usecases import telemetry
from service.usecases.context import Context
from service.usecases.identity import of_vehicle
from service.usecases.ports import Tx
from service.usecases.telemetry import Post, Posted, Receipt


@dataclass(frozen=True)
class Message:
    """What was published once: the vehicle of the topic, and the items."""

    vehicle_id: str
    items: tuple[Posted, ...]


@dataclass(frozen=True)
class Ack:
    """What one boot of a vehicle is told.

    All up to `upto` is safe: counted, or refused for good. `rejected` are number and code, the tag
    is that of the permit which the boot named last; None where the vehicle may not see it.
    """

    vehicle_id: str
    boot_id: str
    upto: int
    rejected: tuple[tuple[int, str], ...]
    geofence_etag: str | None


def receive(tx: Tx, ctx: Context, messages: Sequence[Message]) -> tuple[Ack, ...]:
    """What to tell once this is committed: one answer to each boot that could be made out.

    The numbers of a vehicle that nobody registered are not answered for: it goes on to keep them.
    """
    vehicles = tx.vehicles.find({message.vehicle_id for message in messages})
    items: dict[str, list[Posted]] = defaultdict(list)
    for message in messages:
        items[message.vehicle_id] += (_own(item, message.vehicle_id) for item in message.items)
    posts = [
        Post(_actor(vehicle_id, vehicles.get(vehicle_id)), of_it, Channel.mqtt)
        for vehicle_id, of_it in items.items()
    ]
    permits = tx.permits.find(
        {item.summary.permit_id for post in posts for item in post.items if item.summary}
    )
    receipts = telemetry.receive(tx, ctx, posts)
    return tuple(
        ack
        for post, receipt in zip(posts, receipts, strict=True)
        for ack in _acks(ctx, post, receipt, permits)
    )


def _actor(vehicle_id: str, vehicle: Vehicle | None) -> Actor:
    """The vehicle; one that is not registered speaks for none, itself included."""
    if vehicle is None:
        return Actor(id=vehicle_id, name=vehicle_id, role=Role.vehicle)
    return of_vehicle(vehicle)


def _own(item: Posted, vehicle_id: str) -> Posted:
    """The item; one that names another vehicle is refused, under a number of this one."""
    key = _key(item)
    if key is None or key[0] == vehicle_id:
        return item
    words = Text(
        f"主题属于车辆 {vehicle_id}，内容却是 {key[0]}",
        f"The topic is that of vehicle {vehicle_id}, the content is of {key[0]}",
    )
    problem = Problem("/vehicle_id", "other_vehicle", words)
    return replace(item, summary=None, problem=problem, key=(vehicle_id, *key[1:]))


def _key(item: Posted) -> SummaryKey | None:
    return item.summary.key if item.summary else item.key


def _acks(
    ctx: Context, post: Post, receipt: Receipt, permits: Mapping[str, Permit]
) -> Iterator[Ack]:
    rejected: dict[str, list[tuple[int, str]]] = defaultdict(list)
    named: dict[str, str] = {}
    for item, result in zip(post.items, receipt.results, strict=True):
        if (key := _key(item)) is None:
            continue
        refused = rejected[key[1]]
        if result.problem is not None:
            refused.append((key[2], result.problem.code))
        if item.summary is not None:
            named[key[1]] = item.summary.permit_id
    for boot_id, refused in rejected.items():
        permit = permits.get(named.get(boot_id, ""))
        yield Ack(
            post.actor.id,
            boot_id,
            # of a vehicle that nobody registered nothing is known, not even how far
            receipt.upto.get((post.actor.id, boot_id), 0),
            tuple(refused),
            geofence_etag(permit, ctx.now) if permit and _sees(post.actor, permit) else None,
        )


def _sees(actor: Actor, permit: Permit) -> bool:
    return isinstance(decide(actor, Action.permit_read, permit.organisation_id), Allowed)
