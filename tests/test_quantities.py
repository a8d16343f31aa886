"""Lengths and counts in words, and words that only look like them."""

import pytest

from tonmeister.quantities import find_count, find_length


@pytest.mark.parametrize(
    ("text", "seconds", "rest"),
    [
        ("rain for 1 minute and 30 seconds", 90.0, "rain"),
        ("rain for 1 hour", 3600.0, "rain"),
        ("rain for ten seconds", 10.0, "rain"),
        ("chuva durante dez segundos", 10.0, "chuva"),
        ("meio minuto de chuva", 30.0, "chuva"),
        ("half a minute of rain", 30.0, "rain"),
        ("rain, 2 min 30", 150.0, "rain"),
        ("rain, 2m30s", 150.0, "rain"),
        ("rain for an hour and a half", 5400.0, "rain"),
        ("um minuto e meio de chuva", 90.0, "chuva"),
        ("chuva durante um minuto", 60.0, "chuva"),
        ("half an hour of rain", 1800.0, "rain"),
        ("a 440 hz tone, 500 ms", 0.5, "a 440 hz tone"),
        ("the sound of twelve seconds of rain", 12.0, "the sound of rain"),
        ("a 10-second siren", 10.0, "a siren"),
        ("um som de chuva com 20 s", 20.0, "um som de chuva"),
    ],
)
def test_a_length_is_read_and_what_says_it_is_known(text: str, seconds: float, rest: str):
    found = find_length(text)
    assert found is not None
    assert found.seconds == seconds
    left = f"{text[: found.start].rstrip(' ,')} {text[found.end :].lstrip(' ,')}".strip()
    assert left == rest


@pytest.mark.parametrize(
    "text",
    [
        "a second dog",
        "um segundo cao",
        "one dog",
        "rain 5",
        "440 hz",
        "the minute waltz",
        "a 5 m wall",
    ],
)
def test_what_is_no_length_is_left(text: str):
    assert find_length(text) is None


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("a dog barking once", 1),
        ("um cao a ladrar uma vez", 1),
        ("a dog barking twice", 2),
        ("um cao a ladrar duas vezes", 2),
        ("um cao a ladrar tres vezes", 3),
        ("twelve times", 12),
        ("onze vezes", 11),
        ("doze vezes", 12),
        ("15 times", 15),
        ("a dog barking", None),
        ("sometimes a dog", None),
    ],
)
def test_counts_are_read_in_both_languages(text: str, times: int | None):
    found = find_count(text)
    assert (found.times if found else None) == times
