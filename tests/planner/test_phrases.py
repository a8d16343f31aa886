"""The pattern language of wordings."""

import pytest

from tests.planner.situations import rows
from tonmeister.planner.phrases import compile_pattern, needs_of, tokens_in
from tonmeister.planner.rules import load_rules


def possible(pattern: str, text: str) -> bool:
    return all(not tokens_in(text).isdisjoint(needed) for needed in needs_of(pattern))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("clean/wash [the/my] O", "wash O1 ", True),
        ("clean/wash [the/my] O", "clean the car ", False),
        ("( cut/trim [it] | corta-r ) T:start", "trim T0 ", True),
        ("( cut/trim [it] | corta-r ) T:start", "cut now ", False),
        ("( make it | [so] ) loud/louder", "loud ", True),
        ("cort~ar O", "corte O0 ", True),
        ("save SPEC", "save F1 ", True),
        ("[please] …", "anything ", True),
    ],
)
def test_a_sentence_without_a_needed_token_is_told_before_compiling(
    pattern: str, text: str, expected: bool
) -> None:
    assert possible(pattern, text) is expected


def test_no_wording_matches_a_sentence_that_its_needs_rule_out() -> None:
    texts = [f"{said.lower()} " for _, said, _ in rows("speech_en.txt")]
    patterns = [pattern for rule in load_rules() for pattern in rule.patterns]
    assert len(patterns) > 300
    matched = ruled_out = 0
    for text in texts[:40]:
        for pattern in patterns:
            if compile_pattern(pattern).match(text) is not None:
                matched += 1
                assert possible(pattern, text)
            ruled_out += not possible(pattern, text)
    assert matched >= 1
    assert ruled_out > 0.9 * 40 * len(patterns)
