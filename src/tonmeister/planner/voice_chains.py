"""Wordings about voices: reading aloud, known voices, consent."""

import re
from collections.abc import Callable, Mapping

from tonmeister.planner.assembly import Assembly, Call, NotClearError, one_of
from tonmeister.planner.captures import consent_in
from tonmeister.planner.mentions import Args, is_said, kept, references_of, words_of
from tonmeister.planner.names import label_of
from tonmeister.planner.repeats import SLOWER, last_step
from tonmeister.planner.wording import ask_second, ask_text

__all__ = ["CHAINS"]


def _identify(assembly: Assembly, call: Call, args: Args) -> None:
    refs = references_of(assembly, call, "identify_speaker")
    audio = assembly.resolve_beside("identify_speaker", one_of(call, "target"), refs)
    known = assembly.request.artifacts
    if any(ref[1:] not in known for ref in refs):
        raise NotClearError
    names = args.get("names") or ", ".join(label_of(known[ref[1:]].name) or ref[1:] for ref in refs)
    assembly.step(
        "identify_speaker",
        {"audio": audio, "reference_audio": refs, "names": names, **kept(args, "num_speakers")},
    )


def _verify(assembly: Assembly, call: Call, args: Args) -> None:
    if any(name.startswith("reference") for name in call.slots):
        refs = references_of(assembly, call, "verify_speaker")
        audio = assembly.resolve_beside("verify_speaker", one_of(call, "target"), refs)
    else:
        slot = one_of(call, "target")
        found = assembly.resolve("verify_speaker", slot) if is_said(slot) else assembly.audio
        if isinstance(found, list) and len(found) == 1 and not is_said(slot):
            raise NotClearError(ask_second(assembly.request.language))
        one_meant = slot is not None and slot.value in ("this", "that")
        if not isinstance(found, list) or len(found) != 2 or one_meant:
            raise NotClearError
        audio, *refs = found
    if len(refs) != 1:
        raise NotClearError
    assembly.step("verify_speaker", {"audio": audio, "reference_audio": refs[0]})


def _spoken(args: Args) -> Args:
    return kept(args, "language", "voice", "speed", "model") | (
        {"speed": SLOWER} if "slow" in args else {}
    )


def _speak(assembly: Assembly, call: Call, args: Args) -> None:
    words = one_of(call, "words")
    if is_said(words) and not re.search(r"(?:conversation|conversa)$", str(words and words.value)):
        raise NotClearError
    spoken = {"text": words_of(assembly, call), **_spoken(args)}
    assembly.now([assembly.step("synthesize_speech", spoken)])


def _read(assembly: Assembly, call: Call, args: Args) -> None:
    text = assembly.resolve_text(one_of(call, "target"))
    spoken = {"text": text, **_spoken(args)}
    assembly.now([assembly.step("synthesize_speech", spoken)])


def _narrate(assembly: Assembly, call: Call, args: Args) -> None:
    slot = one_of(call, "target")
    if "book" in args and not is_said(slot) and assembly.steps:
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
    voice = {"reference_audio": found[0], "text": words_of(assembly, call)}
    option = kept(args, "language")
    made = assembly.step("clone_voice", {**voice, "consent": args.get("consent", ""), **option})
    assembly.now([made])


def _convert_voice(assembly: Assembly, call: Call, args: Args) -> None:
    assembly.require("convert_voice")
    refs = references_of(assembly, call, "convert_voice")
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


CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "identify_speaker": _identify,
    "verify_speaker": _verify,
    "synthesize_speech": _speak,
    "read_text": _read,
    "narrate": _narrate,
    "clone_voice": _clone,
    "convert_voice": _convert_voice,
    "give_consent": _give_consent,
}
