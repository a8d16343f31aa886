"""Planning cases: what is read, what is refused, and which ones are chosen."""

from collections import Counter
from pathlib import Path

import pytest

from tonmeister.artifacts import Kind
from tonmeister.errors import ConfigError, PlanError
from tonmeister.evaluation.planning.cases import (
    CATEGORIES,
    SHIPPED,
    SPLITS,
    Case,
    load_cases,
    plan_of,
    spread,
)
from tonmeister.registry import Catalog


def found(cases: list[Case], text: str) -> Case:
    return next(case for case in cases if case.text == text)


def test_every_wording_becomes_a_case_of_its_language(cases: list[Case]):
    assert len(cases) == 12
    told = [(case.language, case.text) for case in cases if case.family == "single/transcribe"]
    assert told == [
        ("en", "transcribe this recording"),
        ("en", "what is said in this recording?"),
        ("pt", "transcreve esta gravação"),
    ]


def test_a_planner_is_told_what_is_at_hand_and_what_was_done(cases: list[Case]):
    request = found(cases, "bring its soul out").request()
    assert request.files == ()
    assert list(request.artifacts) == ["a1", "a2"]
    enhanced = request.artifacts["a2"]
    assert (enhanced.kind, enhanced.name) == (Kind.AUDIO, "interview.enhanced")
    assert enhanced.recipe is not None
    assert enhanced.recipe.parents == (request.artifacts["a1"].id,)
    (turn,) = request.history
    assert turn.plan == plan_of("enhance_speech(audio=@a1)")
    assert turn.steps == {"s1.result": "a2"}


def test_the_language_is_detected_as_in_a_conversation(cases: list[Case]):
    assert found(cases, "transcreve esta gravação").request().language == "pt"
    assert found(cases, "transcribe this recording").request().language == "en"


def test_a_text_with_semicolons_stays_one_call():
    plan = plan_of("synthesize_speech(text='one ; two') ; convert_format(audio=@s1, format='mp3')")
    assert [step.tool for step in plan.steps] == ["synthesize_speech", "convert_format"]
    assert plan.steps[0].args["text"] == "one ; two"
    assert plan_of("transcribe(audio=@a1) on whisper-base").steps[0].model == "whisper-base"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("transcribe(audio=@a1)", "transcribe(audio=@a7)", r"case 1 .*refers to @a7"),
        ("transcribe(audio=@a1)", "transcribed(audio=@a1)", r"no tool 'transcribed'"),
        ("transcribe(audio=@a1)", "transcribe this", r"is no call"),
        ("target_lufs=-16.0", "target_lufs='loud'", r"a number was expected"),
    ],
)
def test_a_case_whose_own_plan_could_not_run_is_refused(
    folder: Path, catalog: Catalog, old: str, new: str, message: str
):
    path = folder / "development.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(PlanError, match=message):
        load_cases(catalog, folder=folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('situation = "nothing"', 'situation = "nowhere"', "no situation 'nowhere'"),
        ('category = "talk"', 'category = "gossip"', "category"),
        ('family = "talk/greeting"', 'family = "chain/greeting"', "'talk/…'"),
        ('answer = "chat"', "", "neither a plan nor another answer"),
        ('pt = ["olá"]', 'pt = ["olá", "olá"]', "stands twice"),
        ("[[case]]", "[[cases]]", "something else"),
        ('answer = "chat"', 'answer = "chat', "not valid TOML"),
    ],
)
def test_a_malformed_case_is_refused_with_its_place(
    folder: Path, catalog: Catalog, old: str, new: str, message: str
):
    path = folder / "development.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_cases(catalog, folder=folder)


def test_a_situation_that_names_what_is_not_there_is_refused(folder: Path, catalog: Catalog):
    path = folder / "situations_more.toml"
    path.write_text('[lost]\nfiles = ["a4"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"situation 'lost': @a4 does not exist"):
        load_cases(catalog, folder=folder)
    path.write_text("[interview]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="described twice"):
        load_cases(catalog, folder=folder)


def test_missing_cases_are_named(tmp_path: Path, folder: Path, catalog: Catalog):
    with pytest.raises(ConfigError, match="no situations"):
        load_cases(catalog, folder=tmp_path)
    (folder / "held_out.toml").unlink()
    with pytest.raises(ConfigError, match=r"held_out\.toml are not in"):
        load_cases(catalog, folder=folder)
    assert len(load_cases(catalog, ["development"], folder)) == 7


def test_a_choice_keeps_the_share_of_every_kind_and_lets_families_take_turns(cases: list[Case]):
    some = Case("development", "single", "single/a", "en", "x", cases[0].situation, (), "chat")
    many = [
        Case(some.split, category, f"{category}/{family}", "en", str(n), some.situation, (), "chat")
        for category, count in (("single", 40), ("chain", 20))
        for family in ("a", "b")
        for n in range(count // 2)
    ]
    chosen = spread(many, 12)
    assert Counter(case.category for case in chosen) == {"single": 8, "chain": 4}
    assert Counter(case.family for case in chosen) == {
        "single/a": 4,
        "single/b": 4,
        "chain/a": 2,
        "chain/b": 2,
    }
    assert spread(many, 12) == chosen
    assert set(map(id, spread(many, 6))) <= set(map(id, chosen))
    assert spread(many, None) == many


def test_all_shipped_cases_can_run_and_families_stay_in_one_split(catalog: Catalog):
    shipped = load_cases(catalog, folder=SHIPPED)
    assert {case.language for case in shipped} == {"en", "pt"}
    assert {case.category for case in shipped} == set(CATEGORIES)
    of_split = {split: {case.family for case in shipped if case.split == split} for split in SPLITS}
    assert not of_split["development"] & of_split["held-out"]
    assert len({case.text for case in shipped}) >= 300
