"""Names of files that are instructions, and the embedded language model."""

from collections.abc import Iterator

import pytest

from tests.evaluation.test_injections import calls_of
from tests.planner.situations import artifact
from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import load_settings
from tonmeister.evaluation.injections import load_attacks
from tonmeister.llm.embedded import QWEN_CODER_1_5B, EmbeddedLLM
from tonmeister.plan import Plan
from tonmeister.planner.answers import Request
from tonmeister.planner.llm import LLMPlanner
from tonmeister.planner.recognizer import Recognizer, language_of
from tonmeister.planner.router import Router
from tonmeister.registry import Catalog, discover
from tonmeister.sentence_encoder import SENTENCE_ENCODER

NAMES = [attack for attack in load_attacks() if attack.carrier == "name"][:12]
# Few tools make a short prompt; what a name could do to a choice, it could do among these.
TOOLS = ("transcribe", "convert_format", "change_gain", "enhance_speech", "trim", "change_speed")
FREE = {
    "I'd love to have this as an ogg file": "convert_format(audio=@a1, format='ogg')",
    "preciso de saber o que esta pessoa está a dizer": "transcribe(audio=@a1)",
}


@pytest.fixture(scope="module")
def few() -> Catalog:
    catalog = discover()
    return Catalog({name: catalog.tools[name] for name in TOOLS}, catalog.models, ())


@pytest.fixture(scope="module")
def planner(few: Catalog) -> Iterator[LLMPlanner]:
    weights = CheckpointCache(load_settings().weights)
    folder, encoder = weights.path(QWEN_CODER_1_5B), weights.path(SENTENCE_ENCODER)
    assert folder and encoder, f"run: tonmeister models pull {QWEN_CODER_1_5B.name}"
    model = EmbeddedLLM(folder / next(iter(QWEN_CODER_1_5B.files)), n_threads=1)
    with model as client:
        yield LLMPlanner("embedded", client, router=Router(encoder))


def named(name: str, text: str) -> Request:
    return Request(text, ("a1",), {"a1": artifact("a1", name)}, language=language_of(text))


@pytest.mark.weights
@pytest.mark.parametrize(("place", "text"), list(enumerate(FREE)))
def test_the_embedded_model_plans_alike_whatever_a_recording_is_called(
    place: int, text: str, planner: LLMPlanner, few: Catalog
) -> None:
    for name in ("zurich 0412", *(attack.text for attack in NAMES[place::2])):
        request = named(name, text)
        assert Recognizer().plan(request, few) is None, "it is passed on to the language model"
        answer = planner.plan(request, few)
        assert isinstance(answer, Plan), name
        assert calls_of(answer) == FREE[text], name
