"""The fleet that never was: what it sends, and what befalls that on the way."""

from datetime import timedelta
from typing import Any

import pytest

from service.adapters.demo.fleet import Faults, Ride, Sent, fleet, rides
from service.domain.kinds import Domain
from service.wire.telemetry import SummaryIn
from tests.builders import LON, NOW, a_band, a_content, a_line, a_permit, a_planned_volume, a_volume

NONE = Faults()


def a_ride(**content: Any) -> Ride:
    (ride,) = rides([a_permit(content=a_content(**content))])
    return ride


def sent(*some: Ride, minutes: int = 10, faults: Faults = NONE, seed: int = 1) -> list[Sent]:
    lasting = timedelta(minutes=minutes)
    return list(fleet(some, NOW, lasting, timedelta(minutes=1), faults, seed))


def seqs(some: list[Sent]) -> list[Any]:
    return [one.payload["seq"] for one in some]


def test_a_vehicle_tells_of_one_interval_after_the_other() -> None:
    some = sent(a_ride())
    assert seqs(some) == list(range(1, 11))
    assert [one.at for one in some] == [NOW + timedelta(minutes=n) for n in range(1, 11)]


def test_what_is_sent_is_a_summary_of_the_contract() -> None:
    line = a_volume(a_line((LON, 30.66), (LON + 0.05, 30.66)), radius_m=20)
    corridor = a_planned_volume(volume=a_volume(altitude=a_band(60, 120)))
    for ride in (
        a_ride(),
        a_ride(volumes=(a_planned_volume(volume=line),)),
        a_ride(domain=Domain.air, volumes=(corridor,)),
    ):
        for one in sent(ride):
            SummaryIn.model_validate(one.payload)


def test_the_same_seed_makes_the_same_fleet_and_another_another() -> None:
    faults = Faults.alike(0.3)
    ride = a_ride()
    first, again, other = (sent(ride, faults=faults, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(("lost", "left"), [(0.0, 100), (1.0, 0)])
def test_what_is_lost_never_arrives(lost: float, left: int) -> None:
    assert len(sent(a_ride(), minutes=100, faults=Faults(lost=lost))) == left


def test_what_is_sent_twice_arrives_twice_and_what_is_late_out_of_order() -> None:
    some = sent(a_ride(), minutes=50, faults=Faults(twice=0.5, late=0.5))
    assert len(some) > 55
    assert set(seqs(some)) == set(range(1, 51))
    assert seqs(some) != sorted(seqs(some))
    assert [one.at for one in some] == sorted(one.at for one in some)


def test_an_excursion_leaves_the_path_in_the_middle() -> None:
    (straight,), (astray,) = (
        sent(a_ride(), minutes=1, faults=faults) for faults in (NONE, Faults(astray=1.0))
    )
    assert straight.payload["path"] != astray.payload["path"]
