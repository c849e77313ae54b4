"""The worker's turn: vehicles that fall silent are told of, and each silence once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.api.deps import Registry
from service.usecases import live
from service.usecases.live import Telling
from service.worker import watch
from tests.api.conftest import Api
from tests.builders import NOW, a_deed, a_permit, a_vehicle
from tests.builders.live import a_heartbeat

LATER = timedelta(minutes=6)


def after(registry: Registry, passed: timedelta) -> Registry:
    """The same registry some time after NOW."""
    ctx = replace(registry.context(), now=NOW + passed)
    return replace(registry, context=lambda: ctx)


def speak(registry: Registry) -> None:
    ctx = registry.context()
    with registry.store.write() as tx:
        live.locate(tx, ctx, [Telling("vehicle-a", a_heartbeat(at=ctx.now))])


def test_each_silence_is_told_of_once(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    start = after(api.registry, timedelta())
    with start.store.write() as tx:
        tx.vehicles.add(a_vehicle(id="vehicle-a"), a_deed())
        tx.permits.add(a_permit(id="permit-a"), a_deed())
    speak(start)
    assert watch(start, ()) == ()
    silent = watch(after(start, LATER), ())
    silent = watch(after(start, LATER + timedelta(minutes=1)), silent)
    assert len(caplog.messages) == 1
    assert "vehicle-a" in caplog.text

    speak(after(start, 2 * LATER))
    assert watch(after(start, 2 * LATER), silent) == ()
    watch(after(start, 3 * LATER), ())
    assert len(caplog.messages) == 2
