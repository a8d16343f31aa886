"""What planning costs: calls of a language model, tokens and seconds per request."""

import statistics
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.figures import Figure, Goal, measured
from bench.studio import Bench, MissingPart
from tonmeister.llm.client import ChatClient, Completion
from tonmeister.llm.embedded import QWEN_CODER_1_5B, EmbeddedLLM, free_threads
from tonmeister.plan import Plan
from tonmeister.planner.llm import LLMPlanner
from tonmeister.planner.recognizer import Recognizer
from tonmeister.registry import discover
from tonmeister.session import Proposal, Session, Tonmeister

__all__ = ["measure"]

CLEAR = {
    "en": (
        "transcribe this recording",
        "cut from 0:02 to 0:05, normalise to -16 LUFS and save as flac",
        "clean up this recording, then transcribe it and give me subtitles",
        "what sounds are in here, and when?",
        "make it 3 dB louder",
    ),
    "pt": (
        "transcreva esta gravação",
        "corte de 0:02 a 0:05 e salve em mp3",
        "limpe o ruído e faça legendas",
        "que sons há aqui?",
        "deixe 20% mais lento",
    ),
}
FREE = {
    "en": (
        "I recorded this in a noisy café; I need the words on paper and a picture of the wave",
        "bring the voice forward, drop the first three seconds, and then give me captions",
        "somebody coughs near the start; lose the first second and then even out the level",
        "could you slow the whole thing down, about ten percent, and hand me an ogg",
        "tell me whether anyone speaks at all, and if so write it down",
    ),
    "pt": (
        "gravei isto num café barulhento; preciso do texto e de uma imagem da onda",
        "tira os três primeiros segundos e depois deixa no volume de podcast",
        "queria ouvir isto um pouco mais devagar e um tom abaixo, em ogg",
        "vê se alguém fala aqui e escreve o que disser",
        "corta o silêncio, deixa mais alto e me dá em mp3 para mandar no zap",
    ),
}


class Counting:
    """A chat client that keeps its answers.

    Args:
        client: The client that asks.
    """

    def __init__(self, client: ChatClient) -> None:
        self._client = client
        self.answers: list[Completion] = []

    def complete(self, *messages: Any, **options: Any) -> Completion:
        """Ask, and keep the answer."""
        answer = self._client.complete(*messages, **options)
        self.answers.append(answer)
        return answer


def measure(bench: Bench) -> Iterator[Figure]:
    """Measure clear requests with the recognizer, then free ones with the embedded model."""
    clip = bench.speech()
    with Tonmeister(bench.with_settings(), planners=[Recognizer()]) as owner:
        for language, texts in CLEAR.items():
            proposals = [_proposed(owner.session(), text, clip) for text in texts]
            recognised = sum(proposal.planner == "recognizer" for proposal in proposals)
            name = f"clear requests recognised without a language model ({language})"
            yield measured(name, [recognised], f"of {len(texts)}", Goal("=", len(texts)))
    yield from _embedded(bench, clip)


def _embedded(bench: Bench, clip: Path) -> Iterator[Figure]:
    (folder,) = bench.weights(QWEN_CODER_1_5B)
    if find_spec("xllamacpp") is None:
        raise MissingPart("run: pip install 'tonmeister[llm]'")
    threads = free_threads(bench.settings.threads)
    model = EmbeddedLLM(
        folder / next(iter(QWEN_CODER_1_5B.files)),
        n_threads=threads,
        prefix_folder=bench.fresh("prefixes"),
        timeout=600.0,
    )
    with model as client:
        counting = Counting(client)
        planner = LLMPlanner("embedded", counting)
        warmth = model.warm(planner.prefix_messages(discover().offered))
        note = f"{warmth.tokens} tokens, {threads} threads"
        yield measured("evaluating the prefix, once per machine", [warmth.seconds], "s", note=note)
        with Tonmeister(bench.with_settings(), planners=[planner]) as owner:
            _proposed(owner.session(), "mono please", clip)  # the first answer warms the buffers
            for language, texts in FREE.items():
                chosen = texts[: bench.runs(5, 2)]
                yield from _asked(owner, counting, language, chosen, clip)


def _asked(
    owner: Tonmeister, counting: Counting, language: str, texts: Sequence[str], clip: Path
) -> Iterator[Figure]:
    calls: list[float] = []
    answers: list[Completion] = []
    seconds: list[float] = []
    planned = 0
    for text in texts:
        counting.answers.clear()
        proposal = _proposed(owner.session(), text, clip)
        planned += isinstance(proposal.answer, Plan)
        calls.append(len(counting.answers))
        answers += counting.answers
        seconds.append(sum(answer.seconds for answer in counting.answers))
    about = f"free requests ({language}): "
    mean = f"mean {statistics.mean(calls):.1f}, {planned} of {len(texts)} became plans"
    yield measured(f"{about}calls per request", calls, "", Goal("≤", 1.0), mean)
    prompts = [answer.prompt_tokens for answer in answers]
    fresh = [answer.prompt_tokens - answer.cached_tokens for answer in answers]
    yield measured(f"{about}prompt tokens per call", prompts, "", note="the prefix included")
    yield measured(f"{about}prompt tokens evaluated per call", fresh, "")
    written = [answer.completion_tokens for answer in answers]
    yield measured(f"{about}tokens written per call", written, "")
    yield measured(f"{about}language model", seconds, "s")


def _proposed(session: Session, text: str, clip: Path) -> Proposal:
    proposal = session.propose(text, [clip])
    session.discard(proposal)
    return proposal
