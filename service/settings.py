"""What an operator of the service may set: the one reader of the environment (`TESTZONE_*`).

A Settings value is made once, by a composition root, and handed down. No legal number is set here.
"""

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO_PASSWORD = "demo-only"
DEFAULT_SECRETS = frozenset({DEMO_PASSWORD, "testzone", "postgres", "password", "change-me"})


class Environment(StrEnum):
    """Where the service runs; production takes no default secret and no demo."""

    development = "development"
    production = "production"


class Settings(BaseSettings):
    """Everything that differs from one installation to the next."""

    model_config = SettingsConfigDict(env_prefix="TESTZONE_", extra="ignore", frozen=True)

    environment: Environment = Field(
        default=Environment.development, description="development or production"
    )
    database_url: str = Field(
        default="sqlite:///var/testzone.sqlite",
        pattern=r"^(sqlite:///.|postgresql(\+psycopg)?://)",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    jurisdiction: str = Field(default="cn-chengdu", description="Rule pack in force")
    demo_password: SecretStr = Field(
        default=SecretStr(DEMO_PASSWORD), description="Password of every demo account"
    )
    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that `serve` listens on")
    max_body_bytes: int = Field(default=8 << 20, ge=1024, description="Largest JSON request")
    max_upload_bytes: int = Field(default=64 << 20, ge=1024, description="Largest imported file")
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

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> Self:
        if self.is_production and urlsplit(self.database_url).password in DEFAULT_SECRETS:
            raise ValueError("production refuses the default database password; choose another")
        return self
