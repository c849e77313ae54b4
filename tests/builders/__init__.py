"""Values for tests, all in Chengdu: say what matters, the rest is valid and ordinary.

`a_zone(state=ZoneState.published)`; every keyword is a field. Ids count up, so that two values made
without one never share it. Times are around NOW.
"""

from tests.builders.basics import LAT, LON, NOW, ZONE, an_id
from tests.builders.cases import (
    a_content,
    a_permit,
    a_violation,
    an_application,
    an_import,
    an_incident,
    some_facts,
)
from tests.builders.parties import (
    a_deed,
    a_person,
    a_token,
    a_vehicle,
    a_vehicle_key,
    an_account,
    an_actor,
    an_insurance,
    an_operator,
    an_organisation,
)
from tests.builders.places import (
    NoHolidays,
    a_band,
    a_district,
    a_frame,
    a_line,
    a_planned_volume,
    a_restriction,
    a_road,
    a_schedule,
    a_square,
    a_volume,
    a_zone,
    nights,
)
from tests.builders.telemetry import a_summary, a_track, some_evidence

__all__ = [
    "LAT",
    "LON",
    "NOW",
    "ZONE",
    "NoHolidays",
    "a_band",
    "a_content",
    "a_deed",
    "a_district",
    "a_frame",
    "a_line",
    "a_permit",
    "a_person",
    "a_planned_volume",
    "a_restriction",
    "a_road",
    "a_schedule",
    "a_square",
    "a_summary",
    "a_token",
    "a_track",
    "a_vehicle",
    "a_vehicle_key",
    "a_violation",
    "a_volume",
    "a_zone",
    "an_account",
    "an_actor",
    "an_application",
    "an_id",
    "an_import",
    "an_incident",
    "an_insurance",
    "an_operator",
    "an_organisation",
    "nights",
    "some_evidence",
    "some_facts",
]
