"""Railways as the controlled airspace beside them (Order 761 Art. 19(5)).

Electrified and high-speed lines become restrictions for aircraft, as wide on each side as the rule
pack keeps its buffers; drafts for the air-traffic office to look at. What a file says is not
electrified is skipped; what it does not say counts as electrified.
"""

from typing import BinaryIO

from pydantic import ConfigDict

from geo.text import Text
from service.adapters.files.features import Feature, read_features, usable_id
from service.domain.errors import Malformed, Problem
from service.domain.kinds import AppliesTo, RestrictionEffect, RestrictionKind, Role
from service.domain.rulepack import ProtectedSite
from service.usecases.context import Context
from service.usecases.imports import Item, Items
from service.wire.common import Flag, Input, Words
from service.wire.intake import Intake
from service.wire.restrictions import RestrictionIn

_NOT_ELECTRIFIED = Problem(
    "/electrified",
    "not_electrified",
    Text("非电气化铁路上方不属管制空域", "The air above a railway without wires is not controlled"),
)


class RailIn(Input):
    """The properties of a railway; others that the file has are left unread."""

    model_config = ConfigDict(extra="ignore")

    name: Words
    high_speed: Flag = False
    electrified: Flag = True


def read_rails(stream: BinaryIO, crs: str | None, ctx: Context) -> Items:
    """The controlled airspace beside the railways of a FeatureCollection, by their ids."""
    return read_features(stream, crs, lambda feature: _airspace(feature, ctx))


def _airspace(feature: Feature, ctx: Context) -> Item:
    stated = RailIn.model_validate(feature.properties)
    if feature.id is None:
        words = Text("铁路须有编号", "A railway needs an id")
        raise Malformed([Problem("/id", "id_required", words)])
    if not (stated.electrified or stated.high_speed):
        return feature.skipped(_NOT_ELECTRIFIED)
    site = ProtectedSite.high_speed_rail if stated.high_speed else ProtectedSite.rail
    name = stated.name.to_domain()
    body = {
        "name": {"zh": f"{name.zh} 上方管制空域", "en": f"{name.en}, controlled airspace"},
        "restriction_kind": RestrictionKind.controlled_airspace,
        "effect": RestrictionEffect.requires_authorization,
        "applies_to": AppliesTo.air,
        "geometry": feature.geometry or {},
        "crs": feature.crs,
        "radius_m": ctx.pack.buffer(site).distance_m(None),
        "authority": Role.atc,
    }
    intake = Intake(ctx.frame)
    request = RestrictionIn.model_validate(body).to_domain(intake)
    return feature.item(request, intake.warnings, key=usable_id(f"rail-{feature.id}"))
