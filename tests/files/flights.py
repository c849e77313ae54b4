"""One schematic flight over Chengdu, written as each kind of device would have recorded it.

Run as a program it writes fixtures/tracks.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.builders import LAT, LON, NOW

TRACKS = Path(__file__).parents[2] / "fixtures" / "tracks"
FEET = 0.3048
MPH = 0.44704


class Spot(NamedTuple):
    """Where it was at a moment, as all devices agree."""

    at: datetime
    lon: float
    lat: float
    height_m: float
    speed_mps: float


def flight() -> list[Spot]:
    """A minute east through the middle of the open area, climbing, a fix every five seconds."""
    return [
        Spot(
            NOW + timedelta(seconds=5 * n),
            round(LON + 0.001 + 0.0006 * n, 7),
            round(LAT + 0.005 + 0.00001 * (n % 3), 7),
            560.0 + n,
            11.5,
        )
        for n in range(13)
    ]


def utc(spot: Spot) -> str:
    return f"{spot.at:%Y-%m-%dT%H:%M:%SZ}"


def airdata() -> str:
    """As Airdata exports it, in feet and miles per hour, the clock to the second."""
    head = (
        "time(millisecond),datetime(utc),latitude,longitude,height_above_takeoff(feet),"
        "altitude_above_seaLevel(feet),speed(mph), compass_heading(degrees),message\n"
    )
    return head + "".join(
        f"{3000 + 5000 * n},{spot.at:%Y-%m-%d %H:%M:%S},{spot.lat},{spot.lon},"
        f"{(spot.height_m - 500) / FEET:.4f},{spot.height_m / FEET:.4f},"
        f'{spot.speed_mps / MPH:.5f}, 90.0,"{"Go, now" if n == 1 else ""}"\n'
        for n, spot in enumerate(flight())
    )


def dji_record() -> str:
    """As a DJI flight record is exported, by the clock of the pilot's telephone."""
    head = (
        "CUSTOM.date [local],CUSTOM.updateTime [local],OSD.latitude,OSD.longitude,"
        "OSD.height [ft],OSD.altitude [ft],OSD.hSpeed [MPH]\n"
    )
    return head + "".join(
        f"{local:%m/%d/%Y},{local:%I:%M:%S}.00 {local:%p},{spot.lat},{spot.lon},"
        f"{(spot.height_m - 500) / FEET:.4f},{spot.height_m / FEET:.4f},"
        f"{spot.speed_mps / MPH:.5f}\n"
        for spot in flight()
        for local in [spot.at + timedelta(hours=8)]
    )


def gpx() -> str:
    points = "".join(
        f'   <trkpt lat="{spot.lat}" lon="{spot.lon}"><ele>{spot.height_m}</ele>'
        f"<speed>{spot.speed_mps}</speed><time>{utc(spot)}</time></trkpt>\n"
        for spot in flight()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="schematic" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f" <trk><name>schematic</name>\n  <trkseg>\n{points}  </trkseg></trk>\n</gpx>\n"
    )


def kml() -> str:
    whens = "".join(f"    <when>{utc(spot)}</when>\n" for spot in flight())
    coords = "".join(
        f"    <gx:coord>{spot.lon} {spot.lat} {spot.height_m}</gx:coord>\n" for spot in flight()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"'
        ' xmlns:gx="http://www.google.com/kml/ext/2.2">\n'
        " <Document>\n"
        f"  <Placemark><name>Home</name><Point><coordinates>{LON},{LAT},0</coordinates></Point>"
        "</Placemark>\n"
        "  <Placemark><name>schematic</name>\n   <gx:Track>\n"
        f"    <altitudeMode>absolute</altitudeMode>\n{whens}{coords}"
        "   </gx:Track></Placemark>\n </Document>\n</kml>\n"
    )


def geojson() -> str:
    coordinates = [[spot.lon, spot.lat, spot.height_m] for spot in flight()]
    feature = {
        "type": "Feature",
        "properties": {"schematic": True, "coordTimes": [utc(spot) for spot in flight()]},
        "geometry": {"type": "LineString", "coordinates": coordinates},
    }
    whole = {"type": "FeatureCollection", "crs": "EPSG:4490", "features": [feature]}
    return json.dumps(whole, indent=1) + "\n"


def srt() -> str:
    """As an airframe writes it that puts latitude first."""
    return "\ufeff" + "".join(
        f"{n}\n{_code(n - 1)} --> {_code(n)}\n"
        f"HOME({LAT:.7f},{LON:.7f}) {spot.at + timedelta(hours=8):%Y.%m.%d %H:%M:%S}\n"
        f"GPS({spot.lat:.7f},{spot.lon:.7f},15) BAROMETER:{spot.height_m - 500:.1f}\n"
        "ISO:100 Shutter:60 EV: Fnum:2.2\n\n"
        for n, spot in enumerate(flight(), 1)
    )


def remote_id() -> str:
    """As a receiver of remote identification wrote it: every message twice, altitudes unknown."""
    head = (
        "capture_unix_s,op_status,height_type,speed_m_s,lat,lon,"
        "pressure_alt_m,geodetic_alt_m,height_m,hacc_code,time_in_hour_s\n"
    )
    return head + "".join(
        f"{1000 * (spot.at.timestamp() + 0.4 + again)},2,takeoff,{spot.speed_mps},{spot.lat},"
        f"{spot.lon},-1000.0,-1000.0,{spot.height_m - 500},11,"
        f"{spot.at.minute * 60 + spot.at.second}\n"
        for spot in flight()
        for again in (0, 0.1)
    )


def _code(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02},000"


FILES: Mapping[str, str] = {
    "airdata.csv": airdata(),
    "dji-record.csv": dji_record(),
    "flight.gpx": gpx(),
    "flight.kml": kml(),
    "flight.geojson": geojson(),
    "subtitles.srt": srt(),
    "remote-id.csv": remote_id(),
}


def written() -> Iterator[Path]:
    """Write all of them; where each lies."""
    for name, text in FILES.items():
        path = TRACKS / name
        path.write_text(text, encoding="utf-8", newline="")
        yield path


if __name__ == "__main__":
    list(written())
