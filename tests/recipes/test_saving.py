"""From a conversation to a recipe: its current branch, what was delivered, nothing too much."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recipes.conftest import Talk, step
from tonmeister.errors import RecipeError, StoreError
from tonmeister.planner.answers import Chat, Decline
from tonmeister.recipes.recipe import Recipe

Record = Callable[..., Path]


def told(recipe: Recipe) -> list[str]:
    return recipe.plan({}).describe()


def test_the_steps_of_all_requests_become_one_chain(talk: Talk, record: Record, tmp_path: Path):
    talk.ask([step(1, "trim", audio="@a1", end=0.5)], record("a.wav"), text="cut it")
    talk.ask(Chat("You are welcome."), text="thanks")
    talk.ask(
        [step(1, "scale", audio="@a2[0.1:0.4]"), step(2, "describe_audio", audio="@s1")],
        text="now scale it",
        output=str(tmp_path / "x.mp3"),
    )
    made = talk.session.recipe("chain")
    assert told(made) == [
        "s1: trim(audio=@recording, end=0.5)",
        "s2: scale(audio=@s1[0.1:0.4])",
        "s3: describe_audio(audio=@s2)",
    ]
    assert made.requests == ("cut it", "now scale it")
    assert [one.request for one in made.steps] == [1, 2, 2]
    assert made.left_out == ()
    given = [(one.result, one.format, one.deliver) for one in made.outputs]
    assert given == [("@s1", "flac", False), ("@s2", "mp3", True), ("@s3", "json", True)]
    assert {role: one.kind for role, one in made.inputs.items()} == {"recording": "audio"}


def test_what_was_undone_is_not_in_it(talk: Talk, record: Record):
    talk.ask([step(1, "trim", audio="@a1", end=0.5)], record("a.wav"), text="cut it")
    talk.ask([step(1, "scale", audio="@a2", factor=0.1)], text="quieter")
    talk.session.undo()
    talk.ask([step(1, "scale", audio="@a2", factor=0.9)], text="a little quieter")
    made = talk.session.recipe()
    assert made.name == talk.session.name
    assert made.requests == ("cut it", "a little quieter")
    assert told(made)[1] == "s2: scale(audio=@s1, factor=0.9)"


def test_a_request_that_failed_is_left_out_and_said(talk: Talk, record: Record):
    talk.ask([step(1, "break_down", audio="@a1")], record("a.wav"), text="break it")
    talk.ask(Decline("There is no saxophone."), text="take the saxophone out")
    parts = [step(1, "scale", audio="@a1"), step(2, "break_down", audio="@a1")]
    assert talk.ask(parts, text="scale and break it").outcome == "partial"
    made = talk.session.recipe()
    assert told(made) == ["s1: scale(audio=@recording)"]
    assert made.requests == ("scale and break it",)
    assert made.left_out == (
        "turn 1, “break it”: failed",
        "turn 2, “take the saxophone out”: declined",
        "turn 3, s2 break_down: it gave no result",
    )


def test_later_requests_are_left_out_on_request(talk: Talk, record: Record):
    talk.ask([step(1, "trim", audio="@a1", end=0.5)], record("a.wav"), text="cut it")
    talk.ask([step(1, "scale", audio="@a2")], text="scale it")
    made = talk.session.recipe(up_to="@a2")
    assert told(made) == ["s1: trim(audio=@recording, end=0.5)"]
    assert made.outputs[0].deliver
    with pytest.raises(StoreError, match="There is no @a9"):
        talk.session.recipe(up_to="@a9")


def test_two_files_become_two_roles_of_which_the_first_varies(talk: Talk, record: Record):
    files = record("talk.wav"), record("2. Jingle (neu).wav", 880.0)
    talk.ask([step(1, "mix", audio="@a1", other="@a2")], *files, text="mix them")
    made = talk.session.recipe()
    assert told(made) == ["s1: mix(audio=@recording, other=@jingle_neu)"]
    assert made.main == "recording"
    assert made.others == ["jingle_neu"]


def test_the_same_done_to_several_files_is_one_thing_to_do(talk: Talk, record: Record):
    files = [record(f"{name}.wav", hz) for name, hz in (("a", 300), ("b", 400), ("c", 500))]
    plan = [step(1, "trim", audio="@a1", end=0.5), step(2, "trim", audio="@a2", end=0.5)]
    plan += [step(3, "scale", audio="@s2"), step(4, "scale", audio="@s1")]
    plan += [step(5, "trim", audio="@a3", end=0.4)]
    talk.ask(plan, *files, text="trim all of them")
    made = talk.session.recipe()
    assert told(made) == [
        "s1: trim(audio=@recording, end=0.5)",
        "s2: scale(audio=@s1)",
        "s3: trim(audio=@c, end=0.4)",
    ]
    assert [one.result for one in made.outputs] == ["@s2", "@s3"]
    assert list(made.inputs) == ["recording", "c"]


def test_a_step_that_was_done_before_is_not_done_twice(talk: Talk, record: Record):
    talk.ask([step(1, "scale", audio="@a1")], record("a.wav"), text="scale it")
    again = [step(1, "scale", audio="@a1"), step(2, "describe_audio", audio="@s1")]
    talk.ask(again, text="scale and measure it")
    assert told(talk.session.recipe()) == [
        "s1: scale(audio=@recording)",
        "s2: describe_audio(audio=@s1)",
    ]


def test_named_results_are_all_given_and_one_can_be_used(talk: Talk, record: Record):
    talk.ask([step(1, "split_parts", audio="@a1")], record("a.wav"), text="split it")
    part = next(handle for handle in talk.session.artifacts if handle != "@a1")
    talk.ask([step(1, "describe_audio", audio=part)], text="measure the first part")
    made = talk.session.recipe()
    assert told(made)[1] == "s2: describe_audio(audio=@s1.part_1)"
    assert [one.result for one in made.outputs] == ["@s1", "@s2"]


def test_models_weights_and_seeds_are_written_down(talk: Talk, record: Record):
    talk.ask([step(1, "colour", audio="@a1")], record("a.wav"), text="colour it")
    (made,) = talk.session.recipe().steps
    assert made.model == "plain"  # which did it, after "bright" had failed
    assert made.checkpoint is None
    talk.ask([step(1, "sprinkle", audio="@a1")], text="sprinkle it")
    assert told(talk.session.recipe())[1] == "s2: sprinkle(audio=@recording, seed=7)"


def test_consent_is_neither_in_the_steps_nor_in_the_words(talk: Talk, record: Record):
    plan = [step(1, "imitate", audio="@a1", consent="Ana Silva agreed in May")]
    words = "imitate it, consent: Ana  Silva agreed in may"
    talk.ask(plan, record("a.wav"), text=words)
    made = talk.session.recipe()
    assert "Silva" not in made.model_dump_json()
    assert made.requests == ("imitate it, consent: …",)
    assert told(made) == ["s1: imitate(audio=@recording)"]


def test_nothing_done_makes_no_recipe(talk: Talk, record: Record):
    with pytest.raises(RecipeError, match=r"In '.*' nothing was delivered yet"):
        talk.session.recipe()
    talk.ask([step(1, "break_down", audio="@a1")], record("a.wav"), text="parte isso, por favor")
    with pytest.raises(RecipeError, match="ainda não se entregou nada"):
        talk.session.recipe()
