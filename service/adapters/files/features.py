"""Features of GeoJSON files, each with its index, its id and the reference system of the file."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from geo.crs import is_geographic
from geo.errors import CrsRefused
from geo.text import Text
from service.domain.errors import Malformed, Problem
from service.domain.importing import Counted
from service.usecases.import_places import Value
from service.usecases.imports import Item, Items
from service.wire.common import Key, Words
from service.wire.problems import of_schema

_URN = re.compile(r"urn:ogc:def:crs:(?:EPSG:[^:]*:(?P<epsg>[0-9]+)|OGC:[^:]*:CRS84)")
_KEY: TypeAdapter[str] = TypeAdapter(Key)


@dataclass(frozen=True)
class Feature:
    """One feature as written, and the reference system its geometry is in."""

    index: int
    id: str | None
    properties: Mapping[str, object]
    geometry: Mapping[str, object] | None
    crs: str

    @property
    def at(self) -> str:
        """Where it stands in the file."""
        return f"/features/{self.index}"

    def item(self, value: Value, warnings: Iterable[Problem] = (), key: str | None = None) -> Item:
        """The feature as read, under its own id unless it has another `key`."""
        notes = tuple(map(self._placed, warnings))
        return Item(self.index, value, key or self.id, notes, at=f"{self.at}/properties")

    def refused(self, problems: Iterable[Problem]) -> Item:
        """The feature, of which nothing could be read."""
        notes, name = tuple(map(self._placed, problems)), usable_name(self.properties.get("name"))
        return Item(self.index, None, self.id, notes, at=self.at, name=name)

    def skipped(self, why: Problem) -> Item:
        """The feature, which is sound and not for this registry."""
        name = usable_name(self.properties.get("name"))
        return Item(
            self.index, None, self.id, (self._placed(why),), skipped=True, at=self.at, name=name
        )

    def _placed(self, problem: Problem) -> Problem:
        """The problem of a payload made of this feature, as a place in the file."""
        member = problem.pointer.partition("/")[2].partition("/")[0]
        if member == "crs":
            return problem
        inside = "" if member in ("", "id", "geometry") else "/properties"
        return replace(problem, pointer=self.at + inside + problem.pointer)


def read_features(stream: BinaryIO, declared: str | None, make: Callable[[Feature], Item]) -> Items:
    """What `make` reads of each feature; Malformed when the file is no FeatureCollection.

    `make` may raise Malformed, or a schema's ValidationError: that feature is refused then.
    """
    collection = _object(_json(stream))
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        zh, en = "须为 GeoJSON FeatureCollection", "It must be a GeoJSON FeatureCollection"
        raise Malformed([Problem("", "no_feature_collection", Text(zh, en))])
    crs = stated_crs(_named(collection.get("crs")), declared)
    each = (_read(index, raw, crs, make) for index, raw in enumerate(features))
    return Items(each, crs, Counted.feature)


def stated_crs(written: str | None, declared: str | None) -> str:
    """The reference system that the file states or its sender declares; Malformed without any."""
    if written and declared and written != declared:
        zh = f"文件写明 {written}，声明为 {declared}"
        en = f"The file states {written}, but {declared} was declared"
        raise Malformed([Problem("/crs", "crs_differs", Text(zh, en))])
    crs = written or declared
    if crs is None:
        words = Text("须声明坐标系", "State the reference system")
        raise Malformed([Problem("/crs", "crs_required", words)])
    try:
        is_geographic(crs)
    except CrsRefused as refused:
        raise Malformed([Problem("/crs", refused.code, refused.message)]) from refused
    return crs


def of_defects(defects: ValidationError) -> tuple[Problem, ...]:
    """What a schema refused, in both languages."""
    return of_schema(defects.errors(include_url=False, include_input=False))


def usable_id(written: object) -> str:
    """The id as the registry keeps it; Malformed when it has characters that an id has not."""
    number = isinstance(written, int) and not isinstance(written, bool)
    try:
        return _KEY.validate_python(str(written) if number else written)
    except ValidationError:
        words = Text("编号须为字母、数字与 ._:~-", "An id is made of letters, digits and ._:~-")
        raise Malformed([Problem("/id", "id_not_usable", words)]) from None


def usable_name(written: object) -> Text | None:
    """The name as the registry keeps names; None for what is none."""
    try:
        return Words.model_validate(written).to_domain()
    except ValidationError:
        return None


def _read(index: int, raw: object, crs: str, make: Callable[[Feature], Item]) -> Item:
    written = _object(raw)
    geometry = written.get("geometry")
    feature = Feature(
        index,
        id=None,
        properties=_object(written.get("properties")),
        geometry=None if geometry is None else _object(geometry),
        crs=crs,
    )
    try:
        if written.get("type") != "Feature":
            words = Text("须为 GeoJSON Feature", "It must be a GeoJSON Feature")
            return feature.refused([Problem("", "no_feature", words)])
        if written.get("id") is not None:
            feature = replace(feature, id=usable_id(written["id"]))
        return make(feature)
    except ValidationError as defects:
        return feature.refused(of_defects(defects))
    except Malformed as wrong:
        return feature.refused(wrong.problems)


def _json(stream: BinaryIO) -> object:
    try:
        return json.loads(stream.read().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Malformed([Problem("", "not_json", Text(f"不是 JSON:{said}", said))]) from error


def _object(value: object) -> Mapping[str, object]:
    """The JSON object; an empty one for anything else, which then lacks what is needed."""
    return value if isinstance(value, dict) else {}


def _named(crs: object) -> str | None:
    """The name in a `crs` member: a code, or the object that GeoJSON once had."""
    name = _object(_object(crs).get("properties")).get("name") if isinstance(crs, dict) else crs
    if not isinstance(name, str):
        return None
    urn = _URN.fullmatch(name)
    return name if urn is None else f"EPSG:{urn['epsg'] or 4326}"
