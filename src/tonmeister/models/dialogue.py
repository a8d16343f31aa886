"""Scripts with several speakers: "HOST: …" and "GUEST: …" on lines of their own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tonmeister.artifacts import Transcript
from tonmeister.models.letters import words_of

__all__ = ["Turn", "assigned_voices", "speakers_of", "turns_of_script", "turns_of_transcript"]

_LINE = re.compile(r"[^\S\n]*(?:\*\*)?([^\W_][\w .'’-]{0,30}?)(?:\*\*)?\s?:(?:\*\*)?[^\S\n]+(?=\S)")
_ASSIGNMENT = re.compile(r"\s*([^=,;]+?)\s*=\s*([\w-]+)\s*")

# Words that introduce a remark, a field or a heading, and no speaker.
_NO_SPEAKERS = words_of(
    "note notes warning caution danger attention important tip tips hint example examples summary "
    "question answer q a subject from to cc bcc date time re ps p.s todo fixme title author "
    "chapter part section step source sources url address phone email tel result results price "
    "total update edit conclusion abstract definition remember location ingredients method "
    "nota notas aviso atenção cuidado perigo importante dica dicas exemplo exemplos resumo "
    "pergunta resposta assunto de para data hora título autor autora capítulo parte secção seção "
    "passo fonte fontes endereço telefone resultado preço atualização conclusão lembrete local "
    "ingredientes preparação morada sobre tema objetivo purpose goal aim"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says before another does.

    Attributes:
        speaker: The name; None for text that nobody is named for.
        text: The words.
    """

    speaker: str | None
    text: str


def assigned_voices(voice: str | None) -> dict[str, str] | None:
    """Return speaker → voice of "HOST=af_heart, GUEST=am_adam"; None when it is no such list.

    Args:
        voice: What was given as the voice.
    """
    if voice is None or "=" not in voice:
        return None
    parts = [_ASSIGNMENT.fullmatch(part) for part in re.split(r"[,;]", voice) if part.strip()]
    pairs = [(part[1], part[2]) for part in parts if part]
    return dict(pairs) if len(pairs) == len(parts) else None


def turns_of_script(text: str, named: Mapping[str, str] | None = None) -> list[Turn] | None:
    """Split a script into turns; None when the text is none.

    A text is a script when at least two speakers are named at the beginnings of lines, in capitals
    or one of them more than once, so that a line "Note: …" makes none.

    Args:
        text: Any text.
        named: Names that are speakers for certain, whatever else holds.
    """
    certain = {name.casefold() for name in named or ()}
    lines = text.splitlines()
    labels = [_label(line) for line in lines]
    counted: dict[str, list[str]] = {}
    for label in labels:
        if label is not None:
            counted.setdefault(label.casefold(), []).append(label)
    names = {name: forms for name, forms in counted.items() if name not in _NO_SPEAKERS}
    again = any(len(forms) > 1 for forms in names.values())
    speakers = {name for name, forms in names.items() if again or forms[0].isupper()}
    if certain:
        capitals = {name for name, forms in names.items() if forms[0].isupper()}
        speakers = capitals | (certain & counted.keys())
    elif len(speakers) < 2:
        return None
    if not speakers:
        return None
    return _joined(lines, labels, speakers)


def _joined(lines: list[str], labels: list[str | None], speakers: set[str]) -> list[Turn]:
    turns: list[Turn] = []
    for line, label in zip(lines, labels, strict=True):
        if label is not None and label.casefold() in speakers:
            found = _LINE.match(line)
            turns.append(Turn(label.upper(), line[found.end() :] if found else line))
        elif turns:
            turns[-1] = Turn(turns[-1].speaker, f"{turns[-1].text}\n{line}")
        else:
            turns.append(Turn(None, line))
    return [turn for turn in turns if turn.text.strip()]


def turns_of_transcript(transcript: Transcript) -> list[Turn] | None:
    """Join what each speaker says in a row; None when fewer than two speakers are known.

    Args:
        transcript: Any transcript.
    """
    if len({one.speaker for one in transcript.segments if one.speaker}) < 2:
        return None
    turns: list[Turn] = []
    for segment in transcript.segments:
        if turns and turns[-1].speaker == segment.speaker:
            turns[-1] = Turn(segment.speaker, f"{turns[-1].text} {segment.text.strip()}")
        else:
            turns.append(Turn(segment.speaker, segment.text.strip()))
    return turns


def speakers_of(turns: list[Turn]) -> list[str]:
    """Return the names in order of appearance.

    Args:
        turns: Turns of a script.
    """
    return list(dict.fromkeys(turn.speaker for turn in turns if turn.speaker is not None))


def _label(line: str) -> str | None:
    found = _LINE.match(line)
    return found[1].strip() if found else None
