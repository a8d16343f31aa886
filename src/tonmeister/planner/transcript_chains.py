"""Wordings about what is said: transcripts, subtitles, speakers, translation, dubbing."""

from collections.abc import Callable, Mapping

from tonmeister.artifacts import Kind
from tonmeister.planner.assembly import Assembly, Call, NotClearError, one_of
from tonmeister.planner.mentions import Args, is_said, is_text_meant, kept, ref_name, words_of
from tonmeister.planner.slots import Slot

__all__ = ["CHAINS"]


_SIZES = {"pequeno": "small", "medio": "medium", "grande": "large"}


def _transcribe(assembly: Assembly, call: Call, args: Args) -> None:
    """Transcribe; a size such as "base" stands for the model of that size."""
    size = args.pop("size", None)
    if size is not None:
        args["model"] = _model_of_size(assembly, _SIZES.get(str(size), str(size)))
    span = {name: args.pop(name) for name in list(args) if name.startswith("span_")}
    args = kept(args, "language", "vocabulary", "model")
    assembly.each("transcribe", assembly.targets("transcribe", call), args, span)


def _model_of_size(assembly: Assembly, size: str) -> str:
    models = [model.card.name for model in assembly.catalog.models_of("transcribe")]
    fitting = sorted((name for name in models if f"-{size}" in f"-{name}"), key=len)
    # "large" is whisper-large-v3, of which the others are variants.
    if not fitting or not all(name.startswith(fitting[0]) for name in fitting):
        raise NotClearError
    return fitting[0]


def _write(assembly: Assembly, call: Call, args: Args) -> None:
    formats = [str(slot.value) for name, slot in call.slots.items() if name.startswith("format")]
    formats = formats or [args["format"]] if "format" in args else []
    if "rttm" in formats and len(formats) > 1:
        raise NotClearError
    found = _turns(assembly, call, formats) or _transcripts(assembly, call, args)
    for ref in found:
        for wanted in formats or [""]:
            option = {"format": wanted} if wanted else {}
            assembly.step("write_subtitles", {"transcript": ref, **option})


def _turns(assembly: Assembly, call: Call, formats: list[str]) -> list[str]:
    """Return the speaker turns that are to be written: RTTM holds nothing else."""
    turns = assembly.known(Kind.TURNS)
    if turns and not assembly.known(Kind.TRANSCRIPT):
        return turns
    fresh = not assembly.steps and not assembly.request.files
    if formats == ["rttm"] and fresh:
        turns = turns or assembly.last_of(Kind.TURNS)
    if formats == ["rttm"] and not turns:
        assembly.require("diarize")
        refs = assembly.targets("diarize", call)
        turns = [assembly.of(Kind.TURNS, ref, {}) for ref in refs]
    return turns if formats == ["rttm"] else []


def _transcripts(assembly: Assembly, call: Call, args: Args) -> list[str]:
    slot = one_of(call, "target")
    found = [] if is_said(slot) else assembly.known(Kind.TRANSCRIPT)
    found = found or _transcripts_meant(assembly, slot)
    if found and "speakers" not in args:
        return [_translated_text(assembly, ref, args) for ref in found]
    refs = assembly.targets("write_subtitles", call)
    if "speakers" in args:
        return [_labelled(assembly, ref, args) for ref in refs]
    if "language" in args:
        return [_translated(assembly, ref, args) for ref in refs]
    return assembly.each("transcribe", refs, {})


def _translated_text(assembly: Assembly, ref: str, args: Args) -> str:
    if "language" not in args:
        return ref
    return assembly.step("translate_transcript", {"transcript": ref, **kept(args, "language")})


def _labelled(assembly: Assembly, ref: str, args: Args) -> str:
    assembly.require("diarize", "label_speakers")
    transcript = assembly.of(Kind.TRANSCRIPT, ref, kept(args, "language", "vocabulary", "model"))
    turns = assembly.of(Kind.TURNS, ref, kept(args, "num_speakers"))
    made = assembly.step("label_speakers", {"transcript": transcript, "turns": turns})
    assembly.replace(Kind.TRANSCRIPT, ref, made)
    return made


def _label(assembly: Assembly, call: Call, args: Args) -> None:
    refs = assembly.targets("label_speakers", call)
    before = assembly.last_of(Kind.TRANSCRIPT)
    fresh = not assembly.steps and not assembly.request.files
    if fresh and before and len(refs) == 1 and not kept(args, "language", "vocabulary", "model"):
        assembly.replace(Kind.TRANSCRIPT, refs[0], before[0])
    for ref in refs:
        _labelled(assembly, ref, args)


def _name(assembly: Assembly, call: Call, args: Args) -> None:
    made = {step.tool for step in assembly.steps}
    known = assembly.request.artifacts
    if "label_speakers" in made:
        found = assembly.known(Kind.TRANSCRIPT)
    elif assembly.steps or assembly.request.files:
        raise NotClearError
    else:
        found = [
            f"@{handle}"
            for handle, artifact in known.items()
            if artifact.kind == Kind.TRANSCRIPT
            and artifact.recipe
            and artifact.recipe.tool in ("label_speakers", "name_speakers")
        ][-1:]
    if len(found) != 1:
        raise NotClearError
    named = assembly.step("name_speakers", {"transcript": found[0], "names": args["names"]})
    if isinstance(assembly.audio, list):
        assembly.replace(Kind.TRANSCRIPT, assembly.audio[0], named)


def _translated(assembly: Assembly, ref: str, args: Args) -> str:
    """Add what gives the words of a recording in another language, with their times."""
    language, source = args["language"], args.get("source_language")
    fresh = not any(step.args.get("audio") == ref for step in assembly.steps)
    if language == "en" and fresh:
        option = {"source_language": source} if source else {}
        made = assembly.step("translate_speech", {"audio": ref, "language": "en", **option})
    else:
        assembly.require("translate_transcript")
        option = {"language": source} if source else {}
        transcript = assembly.of(Kind.TRANSCRIPT, ref, {**option, **kept(args, "vocabulary")})
        made = assembly.step(
            "translate_transcript", {"transcript": transcript, "language": language}
        )
    assembly.replace(Kind.TRANSCRIPT, ref, made)
    return made


def _translate(assembly: Assembly, call: Call, args: Args) -> None:
    slot = one_of(call, "target")
    option = kept(args, "language", "source_language")
    if option.get("language") == option.get("source_language"):
        raise NotClearError
    if transcripts := _transcripts_meant(assembly, slot):
        for ref in transcripts:
            made = assembly.step("translate_transcript", {"transcript": ref, **option})
            assembly.replace(Kind.TRANSCRIPT, ref, made)
    elif one_of(call, "text") or is_text_meant(assembly, slot):
        assembly.require("translate_text")
        assembly.text = [
            assembly.step("translate_text", {"text": words_of(assembly, call), **option})
        ]
    else:
        tool = "translate_speech" if args["language"] == "en" else "translate_transcript"
        assembly.require(tool)
        for ref in assembly.targets("translate_speech", call):
            _translated(assembly, ref, args)


def _transcripts_meant(assembly: Assembly, slot: Slot | None) -> list[str]:
    """Return the transcripts a slot means that were there before this request."""
    handle, known = ref_name(slot), assembly.request.artifacts
    if handle:
        fits = handle in known and known[handle].kind == Kind.TRANSCRIPT
        return [f"@{handle}"] if fits else []
    files = assembly.request.files
    if not assembly.steps and files:
        fits = all(known[name].kind == Kind.TRANSCRIPT for name in files)
        return [f"@{name}" for name in files] if fits else []
    return [] if assembly.steps or is_said(slot) else assembly.last_of(Kind.TRANSCRIPT)


def _dub(assembly: Assembly, call: Call, args: Args) -> None:
    assembly.require("dub")
    made: list[str] = []
    refs = assembly.targets("dub", call)
    for ref in refs:
        if "language" in args:
            transcript = _translated(assembly, ref, args)
        elif any(step.tool.startswith("translate_") for step in assembly.steps):
            translated = assembly.known(Kind.TRANSCRIPT)
            transcript = translated[0] if len(refs) == 1 else assembly.of(Kind.TRANSCRIPT, ref, {})
        else:
            transcript = _last_translation(assembly)
        made.append(
            assembly.step("dub", {"audio": ref, "transcript": transcript, **kept(args, "voice")})
        )
    assembly.now(made)


def _last_translation(assembly: Assembly) -> str:
    found = assembly.last_of(Kind.TRANSCRIPT) if not assembly.steps else []
    recipe = assembly.request.artifacts[found[0][1:]].recipe if found else None
    if recipe is None or not recipe.tool.startswith("translate_"):
        raise NotClearError
    return found[0]


def _align(assembly: Assembly, call: Call, args: Args) -> None:
    assembly.require("align")
    option = kept(args, "language")
    if one_of(call, "text"):
        audio, text = assembly.targets("align", call), words_of(assembly, call)
    else:
        text = assembly.resolve_text(one_of(call, "script"))
        audio = [assembly.resolve_beside("align", one_of(call, "target"), [text])]
    if len(audio) != 1:
        raise NotClearError
    made = assembly.step("align", {"audio": audio[0], "text": text, **option})
    assembly.replace(Kind.TRANSCRIPT, audio[0], made)


def _tell_language(assembly: Assembly, call: Call, args: Args) -> None:
    assembly.require("detect_language")
    slot = one_of(call, "target")
    if one_of(call, "text") or is_text_meant(assembly, slot):
        assembly.step("detect_language", {"text": words_of(assembly, call)})
        return
    for ref in assembly.targets("detect_language", call):
        assembly.step("detect_language", {"text": ref})


CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "write_subtitles": _write,
    "label_speakers": _label,
    "name_speakers": _name,
    "translate": _translate,
    "dub": _dub,
    "align": _align,
    "detect_language": _tell_language,
    "transcribe_with": _transcribe,
}
