"""Zones and restrictions from features whose properties are the fields that the API takes."""

from typing import BinaryIO

from service.adapters.files.features import Feature, read_features
from service.usecases.context import Context
from service.usecases.imports import Item, Items
from service.wire.intake import Intake
from service.wire.restrictions import RestrictionIn
from service.wire.zones import ZoneIn


def read_zones(stream: BinaryIO, crs: str | None, ctx: Context) -> Items:
    """The zones of a FeatureCollection; one with an id is known by it afterwards."""
    return read_features(stream, crs, lambda feature: _request(feature, ZoneIn, ctx))


def read_restrictions(stream: BinaryIO, crs: str | None, ctx: Context) -> Items:
    """The restrictions of a FeatureCollection; one with an id is known by it afterwards."""
    return read_features(stream, crs, lambda feature: _request(feature, RestrictionIn, ctx))


def _request(feature: Feature, schema: type[ZoneIn | RestrictionIn], ctx: Context) -> Item:
    body = dict(feature.properties)
    if feature.geometry is not None:
        body |= {"geometry": feature.geometry, "crs": feature.crs}
    intake = Intake(ctx.frame)
    request = schema.model_validate(body).to_domain(intake)
    return feature.item(request, intake.warnings)
