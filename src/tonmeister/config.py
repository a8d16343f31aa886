"""Settings: defaults, then the settings file, then the environment, then arguments.

They are built once by the interface and passed down; nothing reads the environment later.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from tonmeister.errors import ConfigError

__all__ = ["Settings", "load_settings"]

PREFIX = "TONMEISTER_"


class Settings(BaseModel):
    """How Tonmeister runs on this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: user_data_path("tonmeister", appauthor=False),
        description="Folder of the ledger and of stored results.",
    )
    weights: Path = Field(
        default_factory=lambda: user_cache_path("tonmeister", appauthor=False) / "weights",
        description="Folder of downloaded model weights.",
    )
    sound_library: Path | None = Field(
        default=None,
        description="Folder of your own recordings that sounds may be made of, named by what is "
        "heard in them.",
    )
    pull: Literal["ask", "always", "never"] = Field(
        default="ask",
        description="Whether missing weights may be downloaded: ask first, always, or never.",
    )
    prefer: Literal["quality", "speed"] = Field(
        default="quality", description="What decides between several installed models."
    )
    commercial_use: bool = Field(
        default=False, description="Refuse models whose licence forbids commercial use."
    )
    workers: int = Field(default=2, ge=1, le=64, description="Worker processes at most.")
    threads: int = Field(
        default_factory=lambda: max(1, min(4, os.cpu_count() or 1)),
        ge=1,
        le=256,
        description="CPU threads of one model.",
    )
    memory_budget_mb: int = Field(
        default=4096, ge=256, description="Memory all loaded models may use together, in MiB."
    )
    confirm_seconds: float = Field(
        default=600.0,
        ge=0.0,
        description="Estimated seconds above which a plan is shown before it runs.",
    )
    confirm_memory_mb: int = Field(
        default=3072,
        ge=0,
        description="Memory of a model in MiB above which a plan is shown before it runs.",
    )
    idle_unload: float = Field(
        default=300.0, ge=0.0, description="Seconds after which an idle worker gives memory back."
    )
    step_timeout: float = Field(
        default=600.0,
        gt=0.0,
        description="Seconds a step may take without progress before it is stopped.",
    )
    store_budget_mb: int = Field(
        default=20_480, ge=100, description="Size `gc` shrinks stored results to, in MiB."
    )
    max_duration: float = Field(
        default=43_200.0, gt=0.0, description="Longest recording that is accepted, in seconds."
    )
    llm: Literal["auto", "off", "embedded", "remote"] = Field(
        default="auto",
        description="Language model; auto: remote if an URL is set, else embedded if installed.",
    )
    llm_url: str | None = Field(
        default=None, description="Base URL of an OpenAI-compatible endpoint, ending in /v1."
    )
    llm_model: str | None = Field(default=None, description="Model name sent to the endpoint.")
    llm_key: SecretStr | None = Field(default=None, description="Key sent to the endpoint.")
    llm_phrasing: bool = Field(
        default=False,
        description="Whether the remote language model words captions and answers; it then "
        "receives what was heard, measured and quoted for them, never audio.",
    )
    llm_timeout: float = Field(
        default=120.0, gt=0.0, description="Seconds to wait for an answer of the language model."
    )


def load_settings(
    arguments: dict[str, Any] | None = None,
    *,
    file: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Settings:
    """Build the settings from every origin, the later ones winning.

    Args:
        arguments: Values given by the caller; None values are left out.
        file: Settings file in TOML; by default ``config.toml`` in the user's configuration folder.
        environment: Environment variables; by default those of the process.

    Raises:
        ConfigError: A value is unknown or out of range; the message names the setting and its
            origin.
    """
    environment = dict(os.environ) if environment is None else environment
    named = environment.get(f"{PREFIX}CONFIG")
    file = file or (Path(named) if named else None)
    chosen: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, values in (
        *_from_file(file),
        *_from_environment(environment),
        ("argument", {key: value for key, value in (arguments or {}).items() if value is not None}),
    ):
        for key, value in values.items():
            chosen[key] = value
            origins[key] = origin
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "?"
        known = ", ".join(sorted(Settings.model_fields))
        hint = f"Known settings: {known}." if first["type"] == "extra_forbidden" else "Correct it."
        message = f"Setting '{key}' from {origins.get(key, 'default')}: {first['msg']}."
        raise ConfigError(message, hint=hint) from error


def _from_file(file: Path | None) -> list[tuple[str, dict[str, Any]]]:
    path = file or user_config_path("tonmeister", appauthor=False) / "config.toml"
    if not path.is_file():
        if file is not None:
            raise ConfigError(f"Settings file {path} does not exist.", hint="Create or unset it.")
        return []
    try:
        return [(str(path), tomllib.loads(path.read_text(encoding="utf-8")))]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"Settings file {path} is not valid TOML: {error}.") from error


def _from_environment(environment: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (
            f"environment variable {PREFIX}{name.upper()}",
            {name: environment[f"{PREFIX}{name.upper()}"]},
        )
        for name in Settings.model_fields
        if environment.get(f"{PREFIX}{name.upper()}", "") != ""
    ]
