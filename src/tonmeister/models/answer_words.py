"""The sentences in which facts about a recording are told, in English and Portuguese."""

from collections.abc import Iterable, Mapping, Sequence

from tonmeister.artifacts import Region, SoundEvent

__all__ = ["basis", "clock", "counted", "listed", "named", "tell", "times"]

SHOWN = 8
MOST_FACTS = 40

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "count": (
        "“{sound}” is heard {count}: {times}.",
        "“{sound}” ouve-se {count}: {times}.",
    ),
    "none": (
        "“{sound}” was not heard in this recording.",
        "“{sound}” não se ouviu nesta gravação.",
    ),
    "when": ("“{sound}” is heard at {times}.", "“{sound}” ouve-se em {times}."),
    "yes": ("Yes: “{sound}” is heard at {times}.", "Sim: “{sound}” ouve-se em {times}."),
    "no": (
        "No: “{sound}” was not heard in this recording.",
        "Não: “{sound}” não se ouviu nesta gravação.",
    ),
    "how_long": (
        "“{sound}” is heard for about {seconds} s in all: {times}.",
        "“{sound}” ouve-se cerca de {seconds} s ao todo: {times}.",
    ),
    "how_much": (
        "“{sound}” is heard in {share} of the recording: {times}.",
        "“{sound}” ouve-se em {share} da gravação: {times}.",
    ),
    "duration": ("The recording lasts {seconds} s.", "A gravação dura {seconds} s."),
    "loudness": (
        "The recording has a loudness of {value} LUFS.",
        "A gravação tem uma sonoridade de {value} LUFS.",
    ),
    "unmeasured": (
        "The recording is too short or too quiet for its loudness to be measured.",
        "A gravação é curta ou baixa demais para se medir a sonoridade.",
    ),
    "sound_loudness": (
        "While “{sound}” is heard, the loudness is {value} LUFS: {times}.",
        "Enquanto se ouve “{sound}”, a sonoridade é de {value} LUFS: {times}.",
    ),
    "louder": (
        "“{more}” is louder than “{less}” by {difference} LU: {value} against {other} LUFS, {how}.",
        "“{more}” está mais alto do que “{less}”, {difference} LU: {value} contra {other} LUFS, "
        "{how}.",
    ),
    "equal": (
        "“{more}” and “{less}” are equally loud: {value} and {other} LUFS, {how}.",
        "“{more}” e “{less}” estão igualmente altos: {value} e {other} LUFS, {how}.",
    ),
    "by_stems": (
        "measured after parting voice and music",
        "medido depois de separar a voz e a música",
    ),
    "by_times": (
        "measured where each is heard without the other ({first}; {second})",
        "medido onde cada um se ouve sem o outro ({first}; {second})",
    ),
    "never_alone": (
        "“{sound}” and “{other}” are always heard together, so which is louder cannot be measured.",
        "“{sound}” e “{other}” ouvem-se sempre juntos, por isso não se mede qual está mais alto.",
    ),
    "speakers": ("{count} were told apart: {names}.", "Distinguiram-se {count}: {names}."),
    "nobody": ("Nobody speaks in this recording.", "Ninguém fala nesta gravação."),
    "language": ("The language is “{code}”.", "A língua é “{code}”."),
    "said": ("“{words}” is said {count}: {times}.", "“{words}” diz-se {count}: {times}."),
    "unsaid": (
        "“{words}” does not appear in the transcript.",
        "“{words}” não aparece na transcrição.",
    ),
    "sounds": ("These sounds are heard: {names}.", "Ouvem-se estes sons: {names}."),
    "nothing": (
        "No sound that is known here is heard.",
        "Não se ouve nenhum som que aqui se conheça.",
    ),
    "loudest": (
        "It is loudest at {time}: {value} LUFS over 0.4 s.",
        "Está mais alta em {time}: {value} LUFS em 0,4 s.",
    ),
    "loudest_sound": (
        "The loudest sound is “{sound}”, at {time}: {value} LUFS over 0.4 s.",
        "O som mais alto é “{sound}”, em {time}: {value} LUFS em 0,4 s.",
    ),
    "loudest_unknown": (
        "The loudest moment is at {time}, {value} LUFS over 0.4 s; no sound that is known here is "
        "heard then.",
        "O momento mais alto é em {time}, {value} LUFS em 0,4 s; nessa altura não se ouve nenhum "
        "som que aqui se conheça.",
    ),
    "hum": (
        "Yes: mains hum at {base} Hz, {level} dBFS in all; lines at {lines} Hz, the strongest "
        "{height} dB above the noise around it.",
        "Sim: zumbido de rede a {base} Hz, {level} dBFS ao todo; riscas em {lines} Hz, a mais "
        "forte {height} dB acima do ruído à volta.",
    ),
    "no_hum": (
        "No: no mains hum, neither of 50 nor of 60 Hz, stands out of the noise.",
        "Não: nenhum zumbido de rede, nem de 50 nem de 60 Hz, sobressai do ruído.",
    ),
    "hum_short": (
        "The recording is too short for hum to be told: it takes {seconds} s.",
        "A gravação é curta demais para se ver se há zumbido: são precisos {seconds} s.",
    ),
    "clipped": (
        "Yes: it is clipped at {level} dBFS, {samples} samples, {count}: {times}.",
        "Sim: está cortada a {level} dBFS, {samples} amostras, {count}: {times}.",
    ),
    "unclipped": (
        "No: no level was found at which peaks are cut.",
        "Não: não se encontrou nível nenhum em que os picos estejam cortados.",
    ),
    "mono": ("It is mono: one channel.", "É mono: um canal."),
    "stereo": (
        "It is stereo: two channels, which differ.",
        "É estéreo: dois canais, que diferem.",
    ),
    "twice_mono": (
        "It has two channels, but they are the same: it sounds mono.",
        "Tem dois canais, mas são iguais: soa a mono.",
    ),
    "channels": (
        "It is neither mono nor stereo: it has {count} channels.",
        "Não é mono nem estéreo: tem {count} canais.",
    ),
    "sample_rate": (
        "The sample rate is {rate} Hz.",
        "A frequência de amostragem é de {rate} Hz.",
    ),
    "declined": (
        "That cannot be answered from what is measured. What can: how many times, when, how long "
        "or how loud a sound is heard, whether it is there, which of two is louder, how many "
        "people speak, in which language, when words are said; and whether there is hum or "
        "clipping, where it is loudest, how many channels and which sample rate it has.",
        "A isso não se responde com o que se mede. Responde-se: quantas vezes, quando, durante "
        "quanto tempo ou quão alto se ouve um som, se lá está, qual de dois está mais alto, "
        "quantas pessoas falam, em que língua, quando se dizem palavras; e se há zumbido ou "
        "saturação, onde está mais alta, quantos canais tem e qual a frequência de amostragem.",
    ),
}


def tell(language: str, sentence: str, **values: object) -> str:
    """Return a sentence.

    Args:
        language: "en" or "pt".
        sentence: Its name.
        **values: What it is filled with.
    """
    return _SENTENCES[sentence][language == "pt"].format(**values)


def basis(
    duration: float,
    events: Iterable[SoundEvent],
    values: Mapping[str, float | int | str | None] | None = None,
) -> tuple[str, ...]:
    """Return the measured facts that a sentence rests on, one a line, the surest first.

    Args:
        duration: Length of the recording in seconds.
        events: What is heard, the surest first; the first few of many are told.
        values: Levels of the recording.
    """
    facts = [f"length: {duration:.1f} s"]
    for unit, name in (("LUFS", "loudness_lufs"), ("dBFS", "peak_db")):
        value = (values or {}).get(name)
        facts += [f"{name.partition('_')[0]}: {value:.1f} {unit}"] if value is not None else []
    told = [f"{clock(one.start)}–{clock(one.end)} {one.label}" for one in events]
    return (*facts, *told[:MOST_FACTS])


def clock(seconds: float) -> str:
    """Return a time such as "0:05.2".

    Args:
        seconds: From the beginning.
    """
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def times(language: str, regions: Sequence[Region], *, ends: bool = True) -> str:
    """Return times in words, the first few of many.

    Args:
        language: "en" or "pt".
        regions: The times.
        ends: Whether ends are told as well.
    """
    shown = [
        clock(one.start) + (f"–{clock(one.end)}" if ends and one.end is not None else "")
        for one in regions[:SHOWN]
    ]
    more = len(regions) - len(shown)
    if more:
        return ", ".join([*shown, f"… (+{more})"])
    return listed(language, shown)


def listed(language: str, words: Iterable[str]) -> str:
    """Return words as a list with "and" before the last.

    Args:
        language: "en" or "pt".
        words: The words.
    """
    every = list(words)
    joint = " e " if language == "pt" else " and "
    return joint.join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def counted(language: str, count: int) -> str:
    """Return "once", "twice" or "5 times".

    Args:
        language: "en" or "pt".
        count: 1 or more.
    """
    if language == "pt":
        return "uma vez" if count == 1 else f"{count} vezes"
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def named(language: str, count: int) -> str:
    """Return a number of people.

    Args:
        language: "en" or "pt".
        count: 1 or more.
    """
    if language == "pt":
        return "1 pessoa" if count == 1 else f"{count} pessoas"
    return "1 speaker" if count == 1 else f"{count} speakers"
