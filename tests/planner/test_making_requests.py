"""Requests for sounds in words: what they become, and what must be left to others."""

import pytest

from tests.planner.situations import SITUATIONS, Situation, artifact, ask, plan_of, rows
from tonmeister.planner.answers import PastTurn
from tonmeister.registry import Catalog


@pytest.mark.parametrize(
    ("situation", "said", "calls"), [*rows("making_en.txt"), *rows("making_pt.txt")]
)
def test_a_request_for_a_sound_becomes_its_plan(
    situation: str, said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) == plan_of(calls)


@pytest.mark.parametrize(("situation", "said", "_"), list(rows("sounds_near_misses.txt")))
def test_what_only_resembles_one_makes_no_sound(
    situation: str, said: str, _: str, catalog: Catalog
) -> None:
    answer = ask(said, SITUATIONS[situation], catalog)
    assert "generate_sound" not in [step.tool for step in getattr(answer, "steps", ())]


PHOTO = Situation(artifact("a1", "holiday", "image"))


@pytest.mark.parametrize(("said", "calls"), [row[1:] for row in rows("pictures.txt")])
def test_a_picture_becomes_a_sound_when_there_is_one(
    said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, PHOTO, catalog) == plan_of(calls)
    for situation in ("none", "one"):
        answer = ask(said, SITUATIONS[situation], catalog)
        assert "sonify_image" not in [step.tool for step in getattr(answer, "steps", ())]


@pytest.mark.parametrize(
    "said", ["describe this picture", "what is in this photo?", "make this picture brighter"]
)
def test_other_wishes_for_a_picture_are_left_to_others(said: str, catalog: Catalog) -> None:
    assert ask(said, PHOTO, catalog) is None


@pytest.mark.parametrize("said", ["another take", "give me another version", "outra versão"])
def test_another_take_is_the_same_with_another_seed(said: str, catalog: Catalog) -> None:
    made = plan_of("generate_sound(description='a cat', seed=4)")
    turn = PastTurn("a cat", made, (), ("a1",), {})
    situation = Situation(artifact("a1", "sound", made_by="generate_sound"), history=(turn,))
    assert ask(said, situation, catalog) == plan_of("generate_sound(description='a cat', seed=5)")
    assert ask(said, SITUATIONS["none"], catalog) is None


@pytest.mark.parametrize("said", ["another take", "outra versão"])
def test_another_take_keeps_the_format_and_passes_a_turn_without_a_plan(
    said: str, catalog: Catalog
) -> None:
    as_mp3 = "convert_format(audio=@s1.sound, format='mp3')"
    made = plan_of(f"generate_sound(description='a cat') ; {as_mp3}")
    turns = (PastTurn("a cat", made, (), ("a1",), {}), PastTurn("sing", None, (), (), {}))
    situation = Situation(artifact("a1", "sound", made_by="convert_format"), history=turns)
    again = plan_of(f"generate_sound(description='a cat', seed=1) ; {as_mp3}")
    assert ask(said, situation, catalog) == again
