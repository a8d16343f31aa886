"""What was just looked for is taken out or kept by "it", and only directly after that."""

import pytest

from tests.planner.situations import Situation, artifact, ask, plan_of
from tonmeister.plan import Plan
from tonmeister.planner.answers import PastTurn
from tonmeister.registry import Catalog

FIND = "find_sound(audio=@a1, description='dog')"
ASK = "answer_about_audio(audio=@a1, question='{}')"


def after(calls: str, *later: PastTurn) -> Situation:
    turn = PastTurn("…", plan_of(calls), ("a1",), ("a2",), {"s1": "a2"})
    known = (artifact("a1", "talk"), artifact("a2", "talk.found", "events", "find_sound"))
    return Situation(*known, history=(turn, *later))


@pytest.mark.parametrize(
    "said",
    [
        *("then take it out", "take it out", "so remove it", "OK, get rid of it", "filter it out"),
        *("então tira-o", "tira-o", "tira-a daqui", "remove isso", "pois elimina-o, por favor"),
    ],
)
def test_what_was_found_is_taken_out(said: str, catalog: Catalog) -> None:
    assert ask(said, after(FIND), catalog) == plan_of("remove_sound(audio=@a1, description='dog')")


@pytest.mark.parametrize("said", ["extract it", "then isolate it", "isola-o", "fica só com isso"])
def test_what_was_found_is_kept(said: str, catalog: Catalog) -> None:
    assert ask(said, after(FIND), catalog) == plan_of("extract_sound(audio=@a1, description='dog')")


@pytest.mark.parametrize(
    ("question", "said", "calls"),
    [
        (
            "when does the dog bark?",
            "take it out",
            "remove_sound(audio=@a1, description='dog bark')",
        ),
        ("há alguma sirene?", "então tira-a", "remove_sound(audio=@a1, description='sirene')"),
        ("is there any hum in it?", "then take it out", "remove_hum(audio=@a1)"),
        ("há zumbido de rede nisto?", "então tira-o", "remove_hum(audio=@a1)"),
    ],
)
def test_what_a_question_was_about_is_taken_out(
    question: str, said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, after(ASK.format(question)), catalog) == plan_of(calls)


@pytest.mark.parametrize(
    "calls",
    [
        "transcribe(audio=@a1)",
        ASK.format("is it stereo?"),
        ASK.format("how long is it?"),
        f"{FIND} ; find_sound(audio=@a1, description='cat')",
    ],
)
def test_it_is_no_sound_where_none_was_looked_for(calls: str, catalog: Catalog) -> None:
    for said in ("then take it out", "então tira-o"):
        assert not isinstance(ask(said, after(calls), catalog), Plan)


def test_it_is_something_else_a_turn_later(catalog: Catalog) -> None:
    later = PastTurn("hello", None, (), ())
    assert not isinstance(ask("take it out", after(FIND, later), catalog), Plan)
