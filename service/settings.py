"""What an operator of the service may set: the one reader of the environment (`TESTZONE_*`).

A Settings value is made once, by a composition root, and handed down. No legal number is set here.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TESTZONE_"
DEMO_PASSWORD = "demo-only"
DEFAULT_SECRETS = frozenset({DEMO_PASSWORD, "testzone", "postgres", "password", "change-me"})
_BROKER_URL = re.compile(r"mqtts?://([\w.-]+|\[[\da-fA-F:.]+\])(:\d{1,5})?/?")
_MAY_HOLD_SECRETS = ("database", "mqtt")
_DATABASE_URL = re.compile(r"sqlite:///.|postgresql(\+psycopg)?://")


class SettingsRefused(Exception):
    """Variables that cannot be used: `lines` name each with a sentence."""

    def __init__(self, wrong: ValidationError) -> None:
        """One line for each variable; values are repeated unless they may hold a secret."""
        self.lines = tuple(
            _line(str(defect["loc"][0]) if defect["loc"] else "", defect["msg"], defect["input"])
            for defect in wrong.errors(include_url=False)
        )
        super().__init__("\n".join(self.lines))


class Environment(StrEnum):
    """Where the service runs; production takes no default secret and no demo."""

    development = "development"
    production = "production"


class Settings(BaseSettings):
    """Everything that differs from one installation to the next."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    environment: Environment = Field(
        default=Environment.development, description="development or production"
    )
    database_url: str = Field(
        default="sqlite:///var/testzone.sqlite",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    database_password: SecretStr | None = Field(
        default=None, description="Password of the server's database, any characters as they are"
    )
    jurisdiction: str = Field(default="cn-chengdu", description="Rule pack in force")
    holidays: Path | None = Field(
        default=None, description="TOML file of holidays and working days announced since"
    )
    terrain: Path | None = Field(
        default=None, description="Raster of the terrain in metres above the sea: GeoTIFF or ASC"
    )
    terrain_crs: str | None = Field(
        default=None, description="Reference system of a raster that names none, as EPSG:4490"
    )
    terrain_error_m: float = Field(
        default=16.0, ge=0, le=1000, description="How far the terrain may lie from the raster's"
    )
    geoid: Path | None = Field(
        default=None, description="GTX grid of the geoid, in place of the rule pack's table"
    )
    geoid_error_m: float = Field(
        default=1.0, ge=0, le=100, description="How far sea level may lie from the grid's"
    )
    demo_password: SecretStr = Field(
        default=SecretStr(DEMO_PASSWORD), description="Password of every demo account"
    )
    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that `serve` listens on")
    mqtt_url: str | None = Field(
        default=None, description="Broker that `worker` listens to: mqtts://HOST:PORT or mqtt://"
    )
    mqtt_username: str | None = Field(default=None, description="The registry's account there")
    mqtt_password: SecretStr | None = Field(default=None, description="Its password")
    mqtt_ca: Path | None = Field(
        default=None, description="Certificates (PEM) to trust there in place of the system's"
    )
    max_body_bytes: int = Field(default=8 << 20, ge=1024, description="Largest JSON request")
    max_upload_bytes: int = Field(default=64 << 20, ge=1024, description="Largest imported file")
    remembered_mb: int = Field(
        default=128,
        ge=1,
        le=100_000,
        description="Megabytes of stored text whose values a process remembers; half as much again"
        " in memory",
    )
    sqlite_large_bytes: int = Field(
        default=8 << 30, ge=1024, description="Size of the embedded database to warn of"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error"
    )

    @property
    def is_production(self) -> bool:
        """True where real people depend on it."""
        return self.environment is Environment.production

    @property
    def sqlite_file(self) -> Path | None:
        """Where the embedded database lies; None for a server's."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme == "sqlite" else None

    @model_validator(mode="before")
    @classmethod
    def _with_password(cls, given: Mapping[str, object]) -> Mapping[str, object]:
        """What is given, with the password put into the URL that has none."""
        url, password = given.get("database_url"), given.get("database_password")
        if isinstance(password, SecretStr):
            password = password.get_secret_value()
        if not isinstance(url, str) or not isinstance(password, str):
            return given
        parts = urlsplit(url)
        if not parts.scheme.startswith("postgresql") or parts.password is not None:
            return given
        user, at, host = parts.netloc.rpartition("@")
        netloc = f"{user}:{quote(password, safe='')}{at or '@'}{host}"
        return {**given, "database_url": urlunsplit(parts._replace(netloc=netloc))}

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, url: str) -> str:
        if not _DATABASE_URL.match(url):
            raise ValueError("Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError(
                "The port is no number up to 65535; a password with : / @ # or ? in it goes into"
                f" {PREFIX}DATABASE_PASSWORD"
            ) from None
        return url

    @field_validator("mqtt_url")
    @classmethod
    def _names_a_broker(cls, url: str | None) -> str | None:
        if url is not None and not _BROKER_URL.fullmatch(url):
            raise ValueError(
                "Write mqtts://HOST:PORT or mqtt://HOST:PORT; the account goes into"
                f" {PREFIX}MQTT_USERNAME and {PREFIX}MQTT_PASSWORD"
            )
        # ValueError, with its own words, for a number that no port has
        _ = urlsplit(url or "").port
        return url

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> Self:
        if self.is_production and unquote(urlsplit(self.database_url).password or "") in (
            DEFAULT_SECRETS
        ):
            raise ValueError("Production refuses the default database password; choose another")
        return self


def read_settings() -> Settings:
    """The settings as the environment has them; SettingsRefused names what cannot be used."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise SettingsRefused(wrong) from None


def _line(field: str, said: str, given: object) -> str:
    sentence = said.removeprefix("Value error, ")
    variable = f"{PREFIX}{(field or 'database_url').upper()}"
    is_open = field and not field.startswith(_MAY_HOLD_SECRETS)
    shown = f", not {given!r}" if is_open else ""
    return f"{variable}: {sentence}{shown}."
