"""Where the stories take place: streets of the schematic city that the demo loads."""

import json
from pathlib import Path

from tests.e2e.driver import Position

ROADS = Path(__file__).parents[2] / "fixtures" / "roads.geojson"


def along(*stretches: str) -> list[Position]:
    """The vertices of stretches that follow on each other, junctions once."""
    features = json.loads(ROADS.read_text(encoding="utf-8"))["features"]
    lines = {feature["id"]: feature["geometry"]["coordinates"] for feature in features}
    path: list[Position] = []
    for stretch in stretches:
        positions = [(lon, lat) for lon, lat in lines[stretch]]
        path.extend(positions[1:] if path else positions)
    return path
