"""Keys of vehicles: issued once in clear, kept as a digest, two valid at once for rotation."""

import hashlib
from dataclasses import replace

from geo.text import Text
from service.domain.access import Action, require
from service.domain.errors import NotFound, Refused
from service.domain.journal import Actor
from service.domain.vehicle import VehicleKey
from service.usecases.context import Context
from service.usecases.ports import Tx
from service.usecases.registry import get_vehicle

MOST_VALID = 2


def digest_of(secret: str) -> str:
    """What is kept of a secret: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(tx: Tx, actor: Actor, ctx: Context, vehicle_id: str) -> tuple[VehicleKey, str]:
    """A new key and its secret, which is shown this once; refused while two others are valid."""
    vehicle = get_vehicle(tx, actor, vehicle_id)
    require(actor, Action.vehicle_key, vehicle.organisation_id)
    valid = [key for key in tx.identities.vehicle_keys(vehicle_id) if key.revoked_at is None]
    if len(valid) >= MOST_VALID:
        many = Text(
            "已有两个有效密钥，请先吊销一个", "Two keys are valid already; revoke one first"
        )
        raise Refused(many, code="too_many_keys")
    secret = ctx.new_secret()
    key = VehicleKey(ctx.new_id(), vehicle_id, digest_of(secret), ctx.now)
    tx.identities.put_vehicle_key(key, ctx.deed(actor, "issue_key"))
    return key, secret


def revoke(tx: Tx, actor: Actor, ctx: Context, vehicle_id: str, key_id: str) -> VehicleKey:
    """The key, no longer valid from now on."""
    vehicle = get_vehicle(tx, actor, vehicle_id)
    require(actor, Action.vehicle_key, vehicle.organisation_id)
    keys = {key.id: key for key in tx.identities.vehicle_keys(vehicle_id)}
    if key_id not in keys:
        raise NotFound("vehicle_key", key_id)
    revoked = replace(keys[key_id], revoked_at=keys[key_id].revoked_at or ctx.now)
    tx.identities.put_vehicle_key(revoked, ctx.deed(actor, "revoke_key"))
    return revoked


def of_vehicle(tx: Tx, actor: Actor, vehicle_id: str) -> tuple[VehicleKey, ...]:
    """All keys of the vehicle, oldest first, without their secrets."""
    vehicle = get_vehicle(tx, actor, vehicle_id)
    require(actor, Action.vehicle_key, vehicle.organisation_id)
    return tuple(tx.identities.vehicle_keys(vehicle_id))
