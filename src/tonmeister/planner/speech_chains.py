"""Wordings about speech that become several steps: subtitles, speakers, translation, voices."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tonmeister.artifacts import Kind
from tonmeister.plan import parse_ref
from tonmeister.planner.assembly import PRONOUNS, Assembly, Call, NotClearError, one_of
from tonmeister.planner.captures import consent_in
from tonmeister.planner.references import is_recording, is_text
from tonmeister.planner.repeats import SLOWER, last_step
from tonmeister.planner.slots import Slot
from tonmeister.planner.wording import ask_text

__all__ = ["CHAINS"]

Args = dict[str, Any]
_OF_TRANSCRIBING = ("vocabulary", "model", "source_language")


def _kept(args: Args, *names: str) -> Args:
    return {name: args[name] for name in names if name in args}


def _is_said(slot: Slot | None) -> bool:
    """Tell whether a slot names something beyond "it"."""
    return slot is not None and slot.value not in PRONOUNS


def _handle(slot: Slot | None) -> str:
    """Return the handle a slot names, or "" when it names none."""
    if slot is None or slot.kind != "R":
        return ""
    ref = parse_ref(f"@{str(slot.value).removeprefix('@')}")
    return ref.name if ref else ""


def _is_text_meant(assembly: Assembly, slot: Slot | None) -> bool:
    """Tell whether a document or text is meant, not a recording."""
    known, files = assembly.request.artifacts, assembly.request.files
    handle = _handle(slot)
    if handle:
        return handle in known and is_text(known[handle])
    if files and not assembly.made():
        return not any(is_recording(known[name]) for name in files)
    return False


def _text(assembly: Assembly, call: Call) -> str:
    """Return the words of a call: quoted ones as they are, others by reference."""
    slot = one_of(call, "text")
    if slot is None:
        return assembly.resolve_text(one_of(call, "target"))
    text = str(slot.value)
    # A text that reads like a reference would be taken for one.
    if slot.unit == "open" or not text.strip() or parse_ref(text) is not None:
        raise NotClearError
    return text


# Transcripts and speakers


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
    found = [] if _is_said(slot) else assembly.known(Kind.TRANSCRIPT)
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
    return assembly.step("translate_transcript", {"transcript": ref, **_kept(args, "language")})


def _labelled(assembly: Assembly, ref: str, args: Args) -> str:
    assembly.require("diarize", "label_speakers")
    transcript = assembly.of(Kind.TRANSCRIPT, ref, _kept(args, "language", "vocabulary", "model"))
    turns = assembly.of(Kind.TURNS, ref, _kept(args, "num_speakers"))
    made = assembly.step("label_speakers", {"transcript": transcript, "turns": turns})
    assembly.replace(Kind.TRANSCRIPT, ref, made)
    return made


def _label(assembly: Assembly, call: Call, args: Args) -> None:
    refs = assembly.targets("label_speakers", call)
    before = assembly.last_of(Kind.TRANSCRIPT)
    fresh = not assembly.steps and not assembly.request.files
    if fresh and before and len(refs) == 1 and not _kept(args, "language", "vocabulary", "model"):
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


def _references(assembly: Assembly, call: Call, tool: str) -> list[str]:
    slots = [slot for name, slot in call.slots.items() if name.startswith("reference")]
    found = [ref for slot in slots for ref in assembly.resolve(tool, slot)]
    if not found or len(set(found)) < len(found):
        raise NotClearError
    return found


def _identify(assembly: Assembly, call: Call, args: Args) -> None:
    refs = _references(assembly, call, "identify_speaker")
    audio = assembly.resolve_beside("identify_speaker", one_of(call, "target"), refs)
    known = assembly.request.artifacts
    if any(ref[1:] not in known for ref in refs):
        raise NotClearError
    names = args.get("names") or ", ".join(known[ref[1:]].name for ref in refs)
    assembly.step(
        "identify_speaker",
        {"audio": audio, "reference_audio": refs, "names": names, **_kept(args, "num_speakers")},
    )


def _verify(assembly: Assembly, call: Call, args: Args) -> None:
    if any(name.startswith("reference") for name in call.slots):
        refs = _references(assembly, call, "verify_speaker")
        audio = assembly.resolve_beside("verify_speaker", one_of(call, "target"), refs)
    else:
        slot = one_of(call, "target")
        found = assembly.resolve("verify_speaker", slot) if slot else assembly.audio
        if not isinstance(found, list) or len(found) != 2:
            raise NotClearError
        audio, *refs = found
    if len(refs) != 1:
        raise NotClearError
    assembly.step("verify_speaker", {"audio": audio, "reference_audio": refs[0]})


# Translation


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
        transcript = assembly.of(Kind.TRANSCRIPT, ref, {**option, **_kept(args, "vocabulary")})
        made = assembly.step(
            "translate_transcript", {"transcript": transcript, "language": language}
        )
    assembly.replace(Kind.TRANSCRIPT, ref, made)
    return made


def _translate(assembly: Assembly, call: Call, args: Args) -> None:
    slot = one_of(call, "target")
    option = _kept(args, "language", "source_language")
    if option.get("language") == option.get("source_language"):
        raise NotClearError
    if transcripts := _transcripts_meant(assembly, slot):
        for ref in transcripts:
            made = assembly.step("translate_transcript", {"transcript": ref, **option})
            assembly.replace(Kind.TRANSCRIPT, ref, made)
    elif one_of(call, "text") or _is_text_meant(assembly, slot):
        assembly.require("translate_text")
        assembly.text = [assembly.step("translate_text", {"text": _text(assembly, call), **option})]
    else:
        tool = "translate_speech" if args["language"] == "en" else "translate_transcript"
        assembly.require(tool)
        for ref in assembly.targets("translate_speech", call):
            _translated(assembly, ref, args)


def _transcripts_meant(assembly: Assembly, slot: Slot | None) -> list[str]:
    """Return the transcripts a slot means that were there before this request."""
    handle, known = _handle(slot), assembly.request.artifacts
    if handle:
        fits = handle in known and known[handle].kind == Kind.TRANSCRIPT
        return [f"@{handle}"] if fits else []
    files = assembly.request.files
    if not assembly.steps and files:
        fits = all(known[name].kind == Kind.TRANSCRIPT for name in files)
        return [f"@{name}" for name in files] if fits else []
    return [] if assembly.steps or _is_said(slot) else assembly.last_of(Kind.TRANSCRIPT)


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
            assembly.step("dub", {"audio": ref, "transcript": transcript, **_kept(args, "voice")})
        )
    assembly.now(made)


def _last_translation(assembly: Assembly) -> str:
    found = assembly.last_of(Kind.TRANSCRIPT) if not assembly.steps else []
    recipe = assembly.request.artifacts[found[0][1:]].recipe if found else None
    if recipe is None or not recipe.tool.startswith("translate_"):
        raise NotClearError
    return found[0]


# Reading aloud and voices


def _spoken(args: Args) -> Args:
    return _kept(args, "language", "voice", "speed") | ({"speed": SLOWER} if "slow" in args else {})


def _speak(assembly: Assembly, call: Call, args: Args) -> None:
    words = one_of(call, "words")
    if _is_said(words) and not re.search(r"(?:conversation|conversa)$", str(words and words.value)):
        raise NotClearError
    spoken = {"text": _text(assembly, call), **_spoken(args)}
    assembly.now([assembly.step("synthesize_speech", spoken)])


def _read(assembly: Assembly, call: Call, args: Args) -> None:
    text = assembly.resolve_text(one_of(call, "target"))
    spoken = {"text": text, **_spoken(args)}
    assembly.now([assembly.step("synthesize_speech", spoken)])


def _narrate(assembly: Assembly, call: Call, args: Args) -> None:
    slot = one_of(call, "target")
    if "book" in args and not _is_said(slot) and assembly.steps:
        speech = next((step for step in assembly.steps if step.tool == "narrate"), None)
        if speech is None:
            raise NotClearError
        narration = f"@{speech.id}"
    else:
        text = assembly.resolve_text(slot)
        narration = assembly.step("narrate", {"text": text, **_spoken(args)}).partition(".")[0]
    made = f"{narration}.speech"
    if "book" in args:
        parts = {"audio": made, "chapters": f"{narration}.chapters"}
        made = assembly.step("write_audiobook", parts)
    assembly.now([made])


def _clone(assembly: Assembly, call: Call, args: Args) -> None:
    assembly.require("clone_voice")
    slot = one_of(call, "reference")
    found = assembly.resolve("clone_voice", slot)
    if len(found) != 1:
        raise NotClearError
    text = one_of(call, "text")
    if text is None:
        raise NotClearError(ask_text(assembly.request.language))
    # "saying: Hello. I have her permission": where does the text end?
    if text.unit == "colon" and consent_in(str(text.value)):
        raise NotClearError
    voice = {"reference_audio": found[0], "text": _text(assembly, call)}
    option = _kept(args, "language")
    made = assembly.step("clone_voice", {**voice, "consent": args.get("consent", ""), **option})
    assembly.now([made])


def _convert_voice(assembly: Assembly, call: Call, args: Args) -> None:
    assembly.require("convert_voice")
    refs = _references(assembly, call, "convert_voice")
    audio = assembly.resolve_beside("convert_voice", one_of(call, "target"), refs)
    if len(refs) != 1:
        raise NotClearError
    voices = {"audio": audio, "reference_audio": refs[0], "consent": args.get("consent", "")}
    assembly.now([assembly.step("convert_voice", voices)])


def _give_consent(assembly: Assembly, call: Call, args: Args) -> None:
    """Do again what was refused for want of consent."""
    for tool in ("clone_voice", "convert_voice"):
        last = last_step(assembly, tool)
        if last and not last.get("consent"):
            assembly.now([assembly.step(tool, {**last, "consent": args["consent"]})])
            return
    raise NotClearError


# Words that are known


def _align(assembly: Assembly, call: Call, args: Args) -> None:
    assembly.require("align")
    option = _kept(args, "language")
    if one_of(call, "text"):
        audio, text = assembly.targets("align", call), _text(assembly, call)
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
    if one_of(call, "text") or _is_text_meant(assembly, slot):
        assembly.step("detect_language", {"text": _text(assembly, call)})
        return
    for ref in assembly.targets("detect_language", call):
        assembly.step("detect_language", {"text": ref})


def _transcribe(assembly: Assembly, call: Call, args: Args) -> None:
    """Transcribe; a size such as "base" stands for the model of that size."""
    size = args.pop("size", None)
    if size is not None:
        models = [model.card.name for model in assembly.catalog.models_of("transcribe")]
        fitting = [name for name in models if name.partition("-")[2].startswith(str(size))]
        if len(fitting) != 1:
            raise NotClearError
        args["model"] = fitting[0]
    span = {name: args.pop(name) for name in list(args) if name.startswith("span_")}
    args = _kept(args, "language", "vocabulary", "model")
    assembly.each("transcribe", assembly.targets("transcribe", call), args, span)


CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "write_subtitles": _write,
    "label_speakers": _label,
    "name_speakers": _name,
    "identify_speaker": _identify,
    "verify_speaker": _verify,
    "translate": _translate,
    "dub": _dub,
    "synthesize_speech": _speak,
    "read_text": _read,
    "narrate": _narrate,
    "clone_voice": _clone,
    "convert_voice": _convert_voice,
    "give_consent": _give_consent,
    "align": _align,
    "detect_language": _tell_language,
    "transcribe_with": _transcribe,
}
