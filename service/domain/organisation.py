"""Test operators and the people they answer for. Names of people are personal and can be erased."""

from dataclasses import dataclass

from geo.text import Text
from service.domain.kinds import Code


class PersonRole(Code):
    """What a person does in a test."""

    safety_driver = "safety_driver", "安全员", "Safety driver"
    remote_pilot = "remote_pilot", "无人机操控员", "Remote pilot"
    platform_monitor = "platform_monitor", "平台安全监控人员", "Platform monitor"


@dataclass(frozen=True)
class Organisation:
    """A test subject: a legal person that proposes, organises and answers for tests."""

    id: str
    revision: int
    name: Text
    registration_number: str
    contact: str | None = None


@dataclass(frozen=True)
class Person:
    """Someone who watches over a test; `name` and `licence_number` are personal."""

    id: str
    revision: int
    organisation_id: str
    name: str
    person_role: PersonRole
    licence_class: str | None = None
    licence_number: str | None = None
