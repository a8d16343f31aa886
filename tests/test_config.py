from pathlib import Path

import pytest

from tonmeister.config import Settings, load_settings
from tonmeister.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('workers = 3\nprefer = "speed"\nthreads = 2\n')
    return path


def test_later_origins_win(file: Path):
    environment = {"TONMEISTER_WORKERS": "4", "TONMEISTER_PREFER": ""}
    settings = load_settings({"threads": 1, "pull": None}, file=file, environment=environment)
    assert (settings.workers, settings.prefer, settings.threads) == (4, "speed", 1)
    assert settings.pull == "ask"


def test_the_environment_names_the_file(file: Path):
    assert load_settings(environment={"TONMEISTER_CONFIG": str(file)}).workers == 3


@pytest.mark.parametrize(
    ("arguments", "text", "environment", "found"),
    [
        ({"workers": 0}, "", {}, "Setting 'workers' from argument"),
        ({}, "", {"TONMEISTER_WORKERS": "x"}, "environment variable TONMEISTER_WORKERS"),
        ({}, "workers = 'x'", {}, "config.toml"),
        ({}, "wrokers = 2", {}, "Setting 'wrokers' from"),
        ({}, "workers = ", {}, "is not valid TOML"),
    ],
)
def test_a_wrong_value_is_told_with_its_origin(
    file: Path, arguments: dict, text: str, environment: dict, found: str
):
    file.write_text(text)
    with pytest.raises(ConfigError, match=found) as caught:
        load_settings(arguments, file=file, environment=environment)
    assert caught.value.exit_code == 2
    if "wrokers" in text:
        assert "Known settings: commercial_use" in caught.value.hint


def test_a_file_that_is_named_must_exist(tmp_path: Path):
    with pytest.raises(ConfigError, match="does not exist"):
        load_settings(file=tmp_path / "absent.toml", environment={})


def test_a_key_is_never_shown():
    settings = load_settings({"llm_key": "s3cret"}, environment={})
    assert "s3cret" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_every_setting_is_described():
    assert all(field.description for field in Settings.model_fields.values())
