"""What the recognizer says itself: questions, small talk, and what it can do, in two languages."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from tonmeister.plan import Plan
from tonmeister.planner.answers import Chat, Command, Decline, Question
from tonmeister.planner.slots import fold
from tonmeister.registry import Catalog

__all__ = [
    "abilities",
    "agreement",
    "as_said_by_model",
    "ask_part",
    "ask_second",
    "ask_span",
    "ask_text",
    "ask_within",
    "ask_which",
    "command_for",
    "no_tool",
    "small_talk",
    "summary_of",
]

_VERBS: Mapping[str, tuple[str, str]] = {
    "transcribe": ("transcribe", "transcrever"),
    "write_subtitles": ("make subtitles for", "legendar"),
    "enhance_speech": ("clean up", "limpar"),
    "detect_sounds": ("listen to for sounds", "ouvir à procura de sons"),
    "find_sound": ("search for a sound", "percorrer à procura de um som"),
    "write_sounds": ("list the sounds of", "usar para listar os sons"),
    "draw_sounds": ("draw the sounds of", "desenhar com os sons"),
    "score_sounds": ("score the sounds of", "pontuar em sons"),
    "detect_speech": ("search for speech", "percorrer à procura de fala"),
    "trim": ("cut", "cortar"),
    "remove_part": ("cut a part out of", "encurtar"),
    "mix": ("mix", "misturar"),
    "normalize_loudness": ("normalise", "normalizar"),
    "change_gain": ("make louder or quieter", "pôr mais alta ou mais baixa"),
    "fade": ("fade", "tratar com fade"),
    "change_speed": ("make faster or slower", "tornar mais rápida ou mais lenta"),
    "change_pitch": ("change the pitch of", "mudar de tom"),
    "remove_silence": ("tighten", "limpar de silêncios"),
    "resample": ("resample", "converter"),
    "to_mono": ("turn into mono", "converter para mono"),
    "convert_format": ("convert", "converter"),
    "extract_audio": ("take the sound from", "usar para extrair o áudio"),
    "draw_spectrogram": ("draw the spectrogram of", "desenhar em espectrograma"),
    "draw_waveform": ("draw the waveform of", "desenhar em forma de onda"),
    "describe_audio": ("describe", "descrever"),
    "diarize": ("search for speakers", "percorrer à procura de quem fala"),
    "label_speakers": ("transcribe with speakers", "transcrever com quem fala"),
    "identify_speaker": ("search for known voices", "percorrer à procura de vozes conhecidas"),
    "verify_speaker": ("compare", "comparar"),
    "separate_speakers": ("split by speaker", "separar por orador"),
    "translate_speech": ("translate", "traduzir"),
    "dub": ("dub", "dobrar"),
    "detect_language": ("tell the language of", "examinar para saber a língua"),
    "align": ("align", "alinhar"),
    "remove_fillers": ("remove fillers from", "limpar de hesitações"),
    "clone_voice": ("take the voice from", "usar como voz"),
    "convert_voice": ("give another voice", "pôr com outra voz"),
    "spatialize": ("place around you", "pôr à tua volta"),
    "repair": ("repair", "reparar"),
    "repair_clicks": ("take the clicks from", "limpar de estalidos"),
    "repair_clipping": ("mend the clipping of", "limpar de saturação"),
    "remove_hum": ("take the hum from", "limpar de zumbidos"),
    "inpaint": ("fill a gap in", "preencher numa falha"),
    "reduce_reverb": ("take the reverberation from", "limpar de reverberação"),
    "extend_bandwidth": ("extend in bandwidth", "alargar em banda"),
    "measure_speech": ("measure", "medir"),
    "equalize": ("equalize", "equalizar"),
    "compress": ("compress", "comprimir"),
    "limit": ("limit", "limitar"),
    "gate": ("gate", "tratar com um gate"),
    "de_ess": ("de-ess", "limpar de esses"),
    "stereo_width": ("make wider or narrower", "alargar ou estreitar"),
    "reverb": ("add reverberation to", "pôr com reverberação"),
    "apply_preset": ("change the sound of", "mudar de som"),
    "spatialize_scene": ("place around you", "pôr à tua volta"),
    "caption_audio": ("describe", "descrever"),
    "answer_about_audio": ("ask about", "examinar"),
    "extract_sound": ("take the sound from", "usar para extrair o som"),
    "remove_sound": ("take the sound out of", "limpar desse som"),
    "separate_stems": ("separate into voice and music", "separar em voz e música"),
}
_SUMMARIES_PT: Mapping[str, str] = {
    "transcribe": "Escrever o que se diz numa gravação, com o tempo de cada palavra.",
    "synthesize_speech": "Ler um texto em voz alta.",
    "sonify_image": "Fazer o som de uma fotografia: o que nela se vê, ouve-se.",
    "generate_sound": "Fazer um som, ou uma cena de vários sons, a partir de palavras.",
    "enhance_speech": "Tirar o ruído de fundo de uma gravação de voz.",
    "detect_speech": "Encontrar quando alguém fala numa gravação.",
    "detect_sounds": "Listar os sons que se ouvem numa gravação e quando.",
    "find_sound": "Encontrar quando se ouve um som descrito por palavras, ou dizer que não está.",
    "write_sounds": "Escrever os sons que se ouviram em tabela, etiquetas ou JSON.",
    "draw_sounds": "Desenhar os sons que se ouviram sob o espectrograma.",
    "score_sounds": "Guardar as pontuações de todas as classes de sons a cada meio segundo.",
    "describe_audio": "Medir uma gravação: duração, formato, sonoridade, picos, silêncio, fala.",
    "trim": "Guardar a parte de uma gravação entre dois tempos.",
    "remove_part": "Apagar a parte de uma gravação entre dois tempos.",
    "join": "Juntar gravações, umas a seguir às outras.",
    "mix": "Tocar uma gravação por cima de outra.",
    "normalize_loudness": "Levar uma gravação a uma sonoridade em LUFS.",
    "change_gain": "Pôr uma gravação mais alta ou mais baixa.",
    "fade": "Fazer fade no início e no fim de uma gravação.",
    "change_speed": "Tocar uma gravação mais depressa ou mais devagar sem mudar o tom.",
    "change_pitch": "Subir ou descer o tom de uma gravação sem mudar a velocidade.",
    "remove_silence": "Cortar os silêncios de uma gravação.",
    "resample": "Converter uma gravação para outra taxa de amostragem.",
    "to_mono": "Converter uma gravação para mono.",
    "convert_format": "Guardar uma gravação noutro formato de áudio.",
    "write_subtitles": "Escrever legendas, texto ou JSON a partir de uma transcrição.",
    "extract_audio": "Tirar o som de um vídeo.",
    "draw_waveform": "Desenhar a forma de onda de uma gravação.",
    "draw_spectrogram": "Desenhar o espectrograma de uma gravação.",
    "detect_language": "Dizer em que língua está um texto ou uma gravação.",
    "align": "Encontrar os tempos das palavras de um texto conhecido numa gravação.",
    "remove_fillers": "Cortar as hesitações e as palavras de enchimento de uma gravação.",
    "diarize": "Dizer quem fala quando numa gravação.",
    "label_speakers": "Pôr numa transcrição quem diz o quê.",
    "name_speakers": "Dar nomes aos oradores de uma transcrição.",
    "identify_speaker": "Dizer quando falam pessoas de quem há uma gravação.",
    "verify_speaker": "Dizer se duas gravações são da mesma pessoa.",
    "separate_speakers": "Fazer um ficheiro para cada orador.",
    "narrate": "Ler um livro ou documento em voz alta, capítulo a capítulo.",
    "write_audiobook": "Escrever um audiolivro com capítulos.",
    "translate_text": "Traduzir um texto.",
    "translate_transcript": "Traduzir uma transcrição, mantendo os tempos e os oradores.",
    "translate_speech": "Escrever em inglês o que se diz noutra língua.",
    "dub": "Dobrar uma gravação a partir da sua transcrição traduzida.",
    "clone_voice": "Dizer um texto com a voz de uma gravação, com o consentimento da pessoa.",
    "convert_voice": "Dar a uma gravação a voz de outra, com o consentimento da pessoa.",
    "closest_voice": "Encontrar a voz integrada mais parecida com a de uma gravação.",
    "spatialize": "Pôr uma voz num lugar ou num caminho à volta de quem ouve.",
    "reduce_reverb": "Tirar o eco e a reverberação de uma gravação de voz.",
    "inpaint": "Preencher uma falha de até 1 s com o que está à volta.",
    "repair": "Procurar estalidos, saturação e zumbidos numa gravação e repará-los.",
    "repair_clicks": "Preencher os estalidos de uma gravação.",
    "repair_clipping": "Refazer os picos cortados de uma gravação saturada.",
    "remove_hum": "Tirar o zumbido da corrente de uma gravação.",
    "extend_bandwidth": "Estimar os agudos que faltam numa gravação de telefone.",
    "equalize": "Mudar o timbre de uma gravação: cortar graves ou agudos, realçar bandas.",
    "compress": "Equilibrar o que soa alto e baixo (compressor).",
    "limit": "Segurar os picos abaixo de um teto em dBTP (limitador).",
    "gate": "Baixar uma gravação onde é mais baixa do que um nível (noise gate).",
    "de_ess": "Suavizar os esses de uma voz.",
    "stereo_width": "Alargar ou estreitar uma gravação estéreo.",
    "reverb": "Pôr a reverberação de uma sala, igreja ou casa de banho.",
    "apply_preset": "Dar um som com nome: mais quente, telefone, igreja grande.",
    "compare_audio": "Comparar duas gravações: sonoridade, timbre, o que mudou.",
    "spatialize_scene": "Pôr várias gravações à tua volta, para auscultadores.",
    "caption_audio": "Descrever numa frase o que se ouve numa gravação.",
    "answer_about_audio": "Responder a uma pergunta sobre uma gravação, com os tempos.",
    "extract_sound": "Tirar um som de uma gravação, por palavras ou tempos, e guardá-lo.",
    "remove_sound": "Apagar um som de uma gravação, por palavras ou tempos.",
    "separate_stems": "Separar uma canção em voz e acompanhamento.",
    "measure_speech": "Medir a fala: qualidade, ruído, sonoridade, ritmo, pausas, altura.",
}
_BOUNDS = re.compile(
    r"s\d+: '(\w+)' is (\S+?)(?:\.0)?; it must be "
    r"(?:at least (\S+?))?(?: and )?(?:at most (\S+?))?\."
)
_QUANTITIES: Mapping[str, tuple[str, str]] = {
    "num_speakers": ("the number of people", "o número de pessoas"),
    "target_lufs": ("the loudness in LUFS", "a sonoridade em LUFS"),
    "speed": ("the speed", "a velocidade"),
    "factor": ("the speed", "a velocidade"),
    "gain_db": ("the gain in dB", "o ganho em dB"),
    "semitones": ("the shift in semitones", "a mudança em semitons"),
}
_REPLIES: Mapping[str, tuple[str, str]] = {
    "hello": (
        "Hello. Hand me a recording and say what you want done, or ask what I can do.",
        "Olá. Dá-me uma gravação e diz o que queres que lhe faça, ou pergunta o que sei fazer.",
    ),
    "thanks": ("You are welcome.", "De nada."),
    "bye": ("Goodbye.", "Adeus."),
}


@cache
def _talk() -> Mapping[str, re.Pattern[str]]:
    text = (files("tonmeister.planner") / "talk.txt").read_text(encoding="utf-8")
    wordings: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("  "):
            wordings[next(reversed(wordings))].append(line.strip())
        elif line.endswith(":"):
            wordings[line[:-1]] = []
    return {kind: re.compile("|".join(forms)) for kind, forms in wordings.items()}


def _kind_of_talk(text: str) -> str:
    plain = " ".join(re.sub(r"[,.;!?…]+", " ", fold(text).replace("’", "'")).split())
    courtesy = r"^(?:please|por favor|and|e|now|agora) | (?:please|por favor|now|agora)$"
    plain = re.sub(courtesy, "", plain)
    return next((kind for kind, pattern in _talk().items() if pattern.fullmatch(plain)), "")


def command_for(text: str) -> Command | None:
    """Return the command a request is, if it is one.

    Args:
        text: The person's words.
    """
    match _kind_of_talk(text):
        case "undo" | "redo" | "explain" | "list" as name:
            return Command(name)
        case _:
            return None


def agreement(text: str) -> bool | None:
    """Tell whether words agree to what was proposed; None when they say neither yes nor no.

    Args:
        text: The person's words.
    """
    return {"agree": True, "refuse": False}.get(_kind_of_talk(text))


def small_talk(text: str, language: str, catalog: Catalog) -> Chat | None:
    """Return the answer to small talk, if the request is that.

    Args:
        text: The person's words.
        language: "en" or "pt".
        catalog: What can be done here.
    """
    kind = _kind_of_talk(text)
    if kind not in (*_REPLIES, "able"):
        return None
    if kind != "able":
        return Chat(_REPLIES[kind][language == "pt"])
    return abilities(language, catalog)


def abilities(language: str, catalog: Catalog) -> Chat:
    """Return what can be done here, from the catalog.

    Args:
        language: "en" or "pt".
        catalog: What can be done here.
    """
    portuguese = language == "pt"
    head = (
        "Sou o Tonmeister, um técnico de som. Sei fazer isto:"
        if portuguese
        else "I am Tonmeister, a sound engineer. This is what I can do:"
    )
    lines = [f"- {summary_of(name, language, catalog)}" for name in catalog.tools]
    return Chat("\n".join([head, *lines]))


def summary_of(tool: str, language: str, catalog: Catalog) -> str:
    """Return in a sentence what a tool does.

    Args:
        tool: Its name.
        language: "en" or "pt"; a plug-in's tool is described as it describes itself.
        catalog: What can be done here.
    """
    summary = catalog.tools[tool].summary
    return _SUMMARIES_PT.get(tool, summary) if language == "pt" else summary


def as_said_by_model(language: str, words: str) -> str:
    """Return words of a language model as a quotation, with what is certain: nothing was done.

    Args:
        language: "en" or "pt".
        words: What the model wrote.
    """
    if language == "pt":
        return f"Nada foi feito. O modelo de linguagem diz: “{words}”"
    return f"Nothing was done. The language model says: “{words}”"


def no_tool(language: str, nearest: Plan | None) -> Decline:
    """Return that nothing here can do what was asked.

    Args:
        language: "en" or "pt".
        nearest: The nearest plan that is possible, if any.
    """
    if language == "pt":
        said = "Nenhuma das minhas ferramentas faz isso; `tonmeister tools` mostra o que fazem."
    else:
        said = "None of my tools does that; `tonmeister tools` lists what they do."
    return Decline(said, nearest)


def ask_text(language: str) -> Question:
    """Return the question for the words a voice is to say.

    Args:
        language: "en" or "pt".
    """
    if language == "pt":
        return Question("O que deve a voz dizer? Escreve o texto entre aspas.")
    return Question("What should the voice say? Put the text in quotation marks.")


def ask_second(language: str) -> Question:
    """Return the question for the recording a voice is to be compared with.

    Args:
        language: "en" or "pt".
    """
    if language == "pt":
        return Question("Com que outra gravação devo comparar a voz? Entrega as duas.")
    return Question("With which other recording should I compare the voice? Hand over both.")


def ask_within(language: str, problems: Iterable[str]) -> Question | None:
    """Return the question for values that can be had, when those asked for are out of range.

    Args:
        language: "en" or "pt".
        problems: What is wrong with a plan, from ``check``.

    Returns:
        The question; None when more than the range of values is wrong.
    """
    found = [_BOUNDS.fullmatch(problem) for problem in problems]
    told = [_bounds_in_words(match, language == "pt") for match in found if match]
    if not told or len(told) < len(found):
        return None
    if language == "pt":
        return Question(f"Assim não pode ser: {'; '.join(told)}. Que valor devo usar?")
    return Question(f"That cannot be done: {'; '.join(told)}. Which value should I use?")


def _bounds_in_words(match: re.Match[str], portuguese: bool) -> str:
    name, value, low, high = match.groups()
    called = _QUANTITIES.get(name, (name, name))[portuguese]
    if low and high:
        reach = f"de {low} a {high}" if portuguese else f"{low} to {high}"
    elif low:
        reach = f"{low} ou mais" if portuguese else f"{low} or more"
    else:
        reach = f"{high} ou menos" if portuguese else f"{high} or less"
    if portuguese:
        return f"{called} pode ser {reach}, não {value}"
    return f"{called} may be {reach}, not {value}"


def ask_span(language: str, start: float, end: float) -> Question:
    """Return the question for a part that ends before it begins.

    Args:
        language: "en" or "pt".
        start: Where it was to begin, in seconds.
        end: Where it was to end, in seconds.
    """
    if language == "pt":
        return Question(
            f"O trecho acaba aos {end:g} s, antes de começar aos {start:g} s. De onde até onde?"
        )
    return Question(
        f"That part ends at {end:g} s, before it begins at {start:g} s. From where to where?"
    )


def ask_part(language: str, parts: str) -> Question:
    """Return the question for one of several parts in which a sound is heard.

    Args:
        language: "en" or "pt".
        parts: Where they are, in seconds.
    """
    if language == "pt":
        return Question(f"Ouve-se várias vezes: {parts} s. Que parte queres?")
    return Question(f"It is heard several times: {parts} s. Which part do you mean?")


def ask_which(tool: str, language: str, names: Iterable[str] = (), unknown: str = "") -> Question:
    """Return the question for the recording that is meant.

    Args:
        tool: Name of the tool that needs it.
        language: "en" or "pt".
        names: What there is to choose from.
        unknown: A file name that was said but does not exist.
    """
    english, portuguese = _VERBS.get(tool, ("use", "usar"))
    said = "".join(char for char in unknown if char.isprintable())[:60]
    choice = ", ".join(names)
    if tool == "join":
        question = ("Which recordings should I join?", "Que gravações devo juntar?")
    elif tool == "compare_audio":
        question = ("Which two recordings should I compare?", "Que duas gravações devo comparar?")
    elif tool == "mix":
        question = ("Which two recordings should I mix?", "Que duas gravações devo misturar?")
    else:
        question = (f"Which recording should I {english}?", f"Que gravação devo {portuguese}?")
    text = question[language == "pt"]
    if said:
        text = (
            f"{f'Não conheço {said!r}.' if language == 'pt' else f'I do not know {said!r}.'} {text}"
        )
    return Question(f"{text} ({choice})" if choice else text)
