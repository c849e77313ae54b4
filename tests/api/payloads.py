"""JSON bodies for the API, all in Chengdu: say what matters, the rest is valid and ordinary."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.conftest import Api, Client

Json = dict[str, Any]

WEST, SOUTH = 104.05, 30.60
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def when(days: float) -> str:
    """A time so many days from today, as it is sent."""
    return (TODAY + timedelta(days=days)).isoformat()


def a_square(west: float = WEST, south: float = SOUTH, side: float = 0.01) -> Json:
    ring = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def a_zone(**changes: Any) -> Json:
    body = {
        "name": {"zh": "示例测试区", "en": "Sample test area"},
        "zone_kind": "designated_area",
        "geometry": a_square(side=0.05),
        "crs": "EPSG:4490",
        "use": "shared",
        "max_concurrent_vehicles": 10,
        "phases_open": ["closed_site_test", "road_test"],
        "notice": {"number": "CD-2026-1", "date": "2026-01-05"},
    }
    return {**body, **changes}


def a_restriction(**changes: Any) -> Json:
    body = {
        "name": {"zh": "临时施工", "en": "Road works"},
        "restriction_kind": "road_works",
        "effect": "prohibited",
        "applies_to": "ground",
        "levels": "all",
        "geometry": a_square(west=104.2),
        "crs": "EPSG:4490",
        "visibility": "public",
    }
    return {**body, **changes}


def a_volume(**changes: Any) -> Json:
    body = {
        "zone_kind": "designated_area",
        "geometry": a_square(),
        "crs": "EPSG:4490",
        "use": "shared",
        "direction": "both",
    }
    return {**body, **changes}


def a_check(*volumes: Json, **changes: Any) -> Json:
    body = {
        "domain": "ground",
        "phase": "road_test",
        "volumes": list(volumes) or [a_volume()],
        "valid_from": when(1),
        "valid_to": when(60),
    }
    return {**body, **changes}


def an_application(**changes: Any) -> Json:
    body = {
        "title": "Tests in the sample area",
        "domain": "ground",
        "phase": "road_test",
        "volumes": [a_volume()],
        "vehicle_ids": [],
        "person_ids": [],
        "supervision_mode": "driver_seat",
        "passengers": False,
        "cargo": False,
        "over_people": False,
        "valid_from": when(1),
        "valid_to": when(60),
        "requested_conditions": [],
        "documents": [],
        "insurance_ids": [],
    }
    return {**body, **changes}


def a_vehicle(**changes: Any) -> Json:
    body = {
        "domain": "ground",
        "vehicle_kind": "passenger_car",
        "manufacturer": "Maker",
        "model": "One",
        "automation_level": 4,
        "software_version": "1.0",
        "configuration_hash": "c0ffee",
        "vin": "LSVAA4182E2000001",
    }
    return {**body, **changes}


def a_policy(*vehicle_ids: str, **changes: Any) -> Json:
    body = {
        "insurer": "Insurer",
        "policy_number": "P-1",
        "sum_cny_per_vehicle": 10_000_000,
        "valid_from": when(-10),
        "valid_to": when(400),
        "vehicle_ids": list(vehicle_ids),
    }
    return {**body, **changes}


def an_incident(*vehicle_ids: str, **changes: Any) -> Json:
    body = {
        "incident_kind": "crash",
        "occurred_at": when(-0.5),
        "occurred_precision": "instant",
        "place": {
            "geometry": {"type": "Point", "coordinates": [104.06, 30.61]},
            "crs": "EPSG:4490",
            "precision": "point",
            "text": "Tianfu Avenue",
        },
        "discovered_at": when(-0.4),
        "vehicle_ids": list(vehicle_ids),
        "casualties": {"deaths": 0, "serious_injuries": 0, "minor_injuries": 1},
        "loss_cny": 2000,
        "narrative": "Rear-ended at a light.\nNobody was badly hurt.",
        "external_ids": {"police": "2026-1"},
        "preliminary": True,
    }
    return {**body, **changes}


def a_summary(
    vehicle_id: str, permit_id: str, seq: int = 1, after_s: float = 0, **changes: Any
) -> Json:
    # a permit activated a moment ago proves nothing of earlier drives; clocks may be minutes fast
    start = datetime.now(UTC) + timedelta(seconds=after_s)
    fixes = [[104.051, 30.601], [104.054, 30.601], [104.057, 30.601]]
    body = {
        "id": f"summary-{seq}",
        "vehicle_id": vehicle_id,
        "permit_id": permit_id,
        "boot_id": "boot-1",
        "seq": seq,
        "started_at": start.isoformat(),
        "ended_at": (start + timedelta(seconds=60)).isoformat(),
        "software_version": "1.0",
        "supervision_mode": "driver_seat",
        "distance_km": {"manual": 0, "automated": 0.574},
        "duration_s": {"manual": 0, "automated": 60},
        "takeovers": {"driver": 0, "system": 0, "remote": 0},
        "hard_brakes": 0,
        "minimal_risk_manoeuvres": 0,
        "max_speed_mps": 12,
        "mean_speed_mps": 9.6,
        "horizontal_accuracy_m": 0.5,
        "crs": "EPSG:4490",
        "path": {"type": "LineString", "coordinates": fixes},
        "path_times": [(start + timedelta(seconds=30 * n)).isoformat() for n in range(3)],
        "path_modes": ["automated", "automated"],
    }
    return {**body, **changes}


def a_published_zone(api: Api, **changes: Any) -> Json:
    office = api.of("transport")
    zone = office.made("/v1/zones", a_zone(**changes))
    office.done(f"/v1/zones/{zone['id']}/assess")
    return office.done(f"/v1/zones/{zone['id']}/publish")


def a_complete_application(operator: Client, **changes: Any) -> Json:
    """A draft with a driver, a vehicle and a policy for it, so that nothing stops its permit."""
    vehicle = operator.made("/v1/vehicles", a_vehicle())
    policy = operator.made("/v1/insurance", a_policy(vehicle["id"]))
    driver = operator.made("/v1/people", {"name": "Driver", "person_role": "safety_driver"})
    named = {"vehicle_ids": [vehicle["id"]], "person_ids": [driver["id"]]}
    body = an_application(**named, insurance_ids=[policy["id"]])
    return operator.made("/v1/applications", {**body, **changes})


def a_permit(api: Api, operator: str = "operator-a", **changes: Any) -> Json:
    """A confirmed permit; the caller sees to it that a zone is open there."""
    draft = a_complete_application(api.of(operator), **changes)
    return confirmed(api, operator, draft["id"])


def confirmed(api: Api, operator: str, application_id: str) -> Json:
    """The permit that an application leads to once everyone has signed."""
    path = f"/v1/applications/{application_id}"
    api.of(operator).done(f"{path}/submit")
    approve = {"version": 1, "decision": "approve"}
    for office in ("managing-unit", "police", "transport"):
        api.of(office).done(f"{path}/reviews", approve)
    return api.of("industry").done(f"{path}/confirm", {"version": 1})


def an_active_permit(api: Api, operator: str = "operator-a", **changes: Any) -> Json:
    """A permit under way since yesterday, its vehicle plated."""
    permit = a_permit(api, operator, **{"valid_from": when(-1), **changes})
    path = f"/v1/permits/{permit['id']}"
    vehicle_id = permit["vehicle_ids"][0]
    api.of("police").done(f"{path}/vehicles/{vehicle_id}/plate", {"plate": "川A0001试"})
    return api.of(operator).done(f"{path}/activate")
