"""The settings that name a broker: what can be used, and what is never repeated."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.adapters.mqtt import Broker
from service.settings import Settings, SettingsRefused


@pytest.mark.parametrize(
    ("url", "host", "port", "is_safe"),
    [
        ("mqtts://broker.example.org:8883", "broker.example.org", 8883, True),
        ("mqtts://broker", "broker", 8883, True),
        ("mqtt://127.0.0.1:1884", "127.0.0.1", 1884, False),
        ("mqtt://[::1]", "::1", 1883, False),
    ],
)
def test_a_broker_is_reached_the_way_its_url_says(
    url: str, host: str, port: int, is_safe: bool
) -> None:
    broker = Broker.at(str(Settings(mqtt_url=url).mqtt_url), None, None, None)
    assert (broker.host, broker.port, broker.tls is not None) == (host, port, is_safe)


@pytest.mark.parametrize(
    "url", ["broker:8883", "http://broker", "mqtts://broker:99999", "mqtts://me:secret@broker"]
)
def test_a_url_that_is_none_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(mqtt_url=url)
    (line,) = SettingsRefused(refused.value).lines
    assert line.startswith("TESTZONE_MQTT_URL: ")
    assert "secret" not in line


def test_the_password_is_not_shown() -> None:
    broker = Broker.at("mqtt://broker", "me", "secret", None)
    settings = Settings.model_validate({"mqtt_password": "secret"})
    assert "secret" not in f"{broker!r} {settings!r}"


def test_certificates_that_are_not_there_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Broker.at("mqtts://broker", None, None, tmp_path / "ca.crt")
