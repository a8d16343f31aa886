"""Files of the evaluation that people may write themselves, read into their models."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tonmeister.errors import ConfigError

__all__ = ["read_as"]

_Model = TypeVar("_Model", bound=BaseModel)


def read_as(model: type[_Model], path: Path, what: str) -> _Model:
    """Return the contents of a TOML file.

    Args:
        model: What the file holds.
        path: The file.
        what: What it is called in messages, such as "gates".

    Raises:
        ConfigError: It is missing or malformed.
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"The {what} {path} cannot be read: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path.name}: {place}: {first['msg']}.") from error
