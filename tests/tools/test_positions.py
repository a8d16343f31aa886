import numpy as np
import pytest

from tonmeister.errors import ToolInputError
from tonmeister.tools.positions import Path, parse_path

LEFT, RIGHT, BEHIND, FRONT, ABOVE = (90, 0), (-90, 0), (180, 0), (0, 0), (0, 90)


def seen(words: str) -> list[tuple[int, int]]:
    return [(round(place.azimuth), round(place.elevation)) for place in parse_path(words).places]


@pytest.mark.parametrize(
    ("words", "azimuth", "elevation", "distance"),
    [
        ("30 degrees left, 2 m", 30, 0, 2.0),
        ("30 degrees to the right", -30, 0, 1.0),
        ("2 m to the right", -90, 0, 2.0),
        ("behind me", 180, 0, 1.0),
        ("30 degrees left behind me", 150, 0, 1.0),
        ("front right", -45, 0, 1.0),
        ("in front of me to the left", 45, 0, 1.0),
        ("above", 0, 90, 1.0),
        ("20 degrees above left", 90, 20, 1.0),
        ("below", 0, -40, 1.0),
        ("azimuth 45 elevation 20", 45, 20, 1.0),
        ("azimuth -30, distance 3 m", -30, 0, 3.0),
        ("close to my left ear", 90, 0, 0.5),
        ("50 cm in front", 0, 0, 0.5),
        ("em frente, à esquerda", 45, 0, 1.0),
        ("30 graus à esquerda, a 2 m", 30, 0, 2.0),
        ("atrás de mim", 180, 0, 1.0),
        ("à minha frente, a 1,5 metros", 0, 0, 1.5),
        ("acima, à direita", -90, 45, 1.0),
        ("behind me on the left", 135, 0, 1.0),
        ("on my right", -90, 0, 1.0),
        ("à minha esquerda", 90, 0, 1.0),
        ("atrás de mim à direita", -135, 0, 1.0),
    ],
)
def test_a_place_is_understood(words: str, azimuth: int, elevation: int, distance: float):
    path = parse_path(words)
    assert path.is_still
    (place,) = path.places
    assert (place.azimuth, place.elevation) == (azimuth, elevation)
    assert place.distance == pytest.approx(distance)


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("walks from left to right behind me", [LEFT, BEHIND, RIGHT]),
        ("walks behind me from left to right", [LEFT, BEHIND, RIGHT]),
        ("passa da esquerda para a direita atrás de mim", [LEFT, BEHIND, RIGHT]),
        ("walks past from right to left", [RIGHT, FRONT, LEFT]),
        ("from left to right over my head", [LEFT, ABOVE, RIGHT]),
        ("da direita para a esquerda por cima de mim", [RIGHT, ABOVE, LEFT]),
        ("from behind me to the left", [BEHIND, LEFT]),
        ("from front to back", [FRONT, RIGHT, BEHIND]),
        ("de frente para trás", [FRONT, RIGHT, BEHIND]),
    ],
)
def test_a_way_is_understood(words: str, places: list[tuple[int, int]]):
    assert seen(words) == places


@pytest.mark.parametrize(
    ("words", "second", "seconds", "laps"),
    [
        ("circles around me", RIGHT, None, 1.0),
        ("circles around me twice", RIGHT, None, 2.0),
        ("goes around me 3 times", RIGHT, None, 3.0),
        ("around me twice", RIGHT, None, 2.0),
        ("à minha volta", RIGHT, None, 1.0),
        ("circles clockwise, 8 s each", RIGHT, 8.0, np.inf),
        ("circles anticlockwise around me in 10 s", LEFT, 10.0, np.inf),
        ("gira à minha volta", RIGHT, None, 1.0),
        ("anda à minha volta duas vezes", RIGHT, None, 2.0),
        ("gira no sentido anti-horário a cada 4 segundos", LEFT, 4.0, np.inf),
    ],
)
def test_a_circle_is_understood(
    words: str, second: tuple[int, int], seconds: float | None, laps: float
):
    path = parse_path(words)
    assert seen(words)[:2] == [FRONT, second]
    assert (path.seconds, path.laps) == (seconds, laps)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "on the ceiling",
        "walks like a duck",
        "left and right",
        "from the kitchen to the right",
        "0 m in front",
        "900 m in front",
        "azimuth 400",
        "elevation 95",
        "left in 3 s",
    ],
)
def test_what_is_not_understood_is_said_with_what_would_be(words: str):
    with pytest.raises(ToolInputError, match="not understood") as refused:
        parse_path(words)
    assert "30 degrees left" in refused.value.hint
    assert "atrás de mim" in refused.value.hint


def azimuths(path: Path, times: list[float], duration: float) -> list[float]:
    return [float(value) for value in np.round(path.at(np.array(times), duration)[:, 0], 3)]


def test_a_way_takes_the_whole_recording_or_the_time_it_is_given():
    whole, short = (parse_path(f"from left to right behind me{when}") for when in ("", " in 4 s"))
    assert azimuths(whole, [0.0, 5.0, 10.0], 10.0) == [90.0, 180.0, -90.0]
    assert azimuths(short, [0.0, 1.0, 2.0, 4.0, 9.0], 10.0) == [90.0, 135.0, 180.0, -90.0, -90.0]


def test_laps_follow_one_another_evenly():
    twice, endless = parse_path("circles around me twice"), parse_path("circles around me in 4 s")
    assert azimuths(twice, [0.0, 1.0, 5.0, 6.0, 8.0], 8.0) == [0.0, -90.0, -90.0, -180.0, 0.0]
    assert azimuths(endless, [1.0, 5.0, 9.0], 60.0) == [-90.0, -90.0, -90.0]


def test_distance_changes_by_equal_ratios():
    path = parse_path("from 16 m to 1 m on the left")
    made = path.at(np.array([0.0, 1.0, 2.0]), 2.0)
    assert made[:, 2] == pytest.approx([16.0, 4.0, 1.0])
    assert made[:, 0] == pytest.approx([90.0, 90.0, 90.0])
