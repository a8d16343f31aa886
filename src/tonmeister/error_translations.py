"""Errors, and findings of checks, in Portuguese: "{}" as in ``translations``."""

__all__ = ["ERRORS"]

ERRORS: tuple[tuple[str, str], ...] = (
    ("There is no turn {} in this session.", "Não há nenhum turno {0} nesta sessão."),
    ("Turn {} does not lie before this one.", "O turno {0} não está antes deste."),
    ("List them: tonmeister log", "Lista-os: tonmeister log"),
    ("There is no file {}.", "Não existe o arquivo {0}."),
    ("Check the name and the folder.", "Confirma o nome e a pasta."),
    ("{} is a folder, not a file.", "{0} é uma pasta, não um arquivo."),
    (
        "{} is a pipe or a device, not a file.",
        "{0} é um canal ou um dispositivo, não um arquivo.",
    ),
    ("Name a recording.", "Indica uma gravação."),
    (
        "Found {} channels; a room takes one or two.",
        "Encontraram-se {0} canais; uma sala aceita um ou dois.",
    ),
    (
        "Mix down to mono first, with to_mono.",
        "Mistura primeiro para mono, com to_mono.",
    ),
    (
        "Found neither words, times nor frequencies; expected what the sound is or where.",
        "Não há palavras, tempos nem frequências; espera-se o que é o som ou onde está.",
    ),
    (
        'Say it in words ("dog barking") or give start and end.',
        'Di-lo por palavras ("cão a ladrar") ou indica o início e o fim.',
    ),
    (
        "From {} s to {} s there is nothing; the recording has {} s.",
        "De {0} s a {1} s não há nada; a gravação tem {2} s.",
    ),
    (
        "Give a start before the end, both inside the recording.",
        "Indica um início antes do fim, ambos dentro da gravação.",
    ),
    (
        "From {} to {} Hz there is nothing; the recording reaches {} Hz.",
        "De {0} a {1} Hz não há nada; a gravação chega a {2} Hz.",
    ),
    (
        "Give low_hz below high_hz, both inside what the recording reaches.",
        "Indica low_hz abaixo de high_hz, ambos dentro do que a gravação alcança.",
    ),
    (
        "'{}' was not found in the recording, so nothing was taken out of it.",
        "'{0}' não se encontrou na gravação, por isso nada se tirou dela.",
    ),
    (
        "If you hear it, give its start and end in seconds.",
        "Se o ouves, indica o seu início e o seu fim em segundos.",
    ),
    (
        "'{}' is heard all the time: there is no background near it to tell it from.",
        "'{0}' ouve-se o tempo todo: não há fundo perto de que se distinga.",
    ),
    (
        "Give low_hz and high_hz with its times, if it has frequencies of its own.",
        "Indica low_hz e high_hz com os tempos, se tiver frequências próprias.",
    ),
    (
        "For a voice or music the weights of {} are needed.",
        "Para uma voz ou música são precisos os pesos de {0}.",
    ),
    (
        "Imitating a voice needs the consent of the person it belongs to; {}.",
        "Imitar uma voz exige o consentimento da pessoa a quem pertence; {0}.",
    ),
    (
        "No model that clones voices is installed, so nothing was imitated. The closest built-in "
        "voice is {}, with a speaker similarity of {} (1.00 is the same voice).",
        "Não há nenhum modelo instalado que clone vozes, por isso nada foi imitado. A voz incluída "
        "mais parecida é {0}, com uma semelhança de {1} (1.00 é a mesma voz).",
    ),
    (
        "The reference recording of {} s holds no speech; a voice is expected.",
        "A gravação de referência de {0} s não tem fala; espera-se uma voz.",
    ),
    (
        "The reference recording of {} s holds {} s of speech; {} s or more are expected.",
        "A gravação de referência de {0} s tem {1} s de fala; esperam-se {2} s ou mais.",
    ),
    ("Name a folder instead.", "Indica antes uma pasta."),
    (
        "Choose an output name that ends in .{}, or ask for another format.",
        "Escolhe um nome que acabe em .{0}, ou pede outro formato.",
    ),
    (
        "Say it in other words, or in smaller steps.",
        "Di-lo por outras palavras, ou em passos mais pequenos.",
    ),
    ("Word the request differently.", "Formula o pedido de outra maneira."),
    (
        "The embedded language model does not answer: {}.",
        "O modelo de linguagem embutido não responde: {0}.",
    ),
    (
        "Ask again; if it stays so, close other programs, or set llm=off.",
        "Pede outra vez; se continuar assim, fecha outros programas, ou define llm=off.",
    ),
    (
        "The language model did not load within {} s.",
        "O modelo de linguagem não carregou em {0} s.",
    ),
    (
        "Close other programs, or set llm=off.",
        "Fecha outros programas, ou define llm=off.",
    ),
    ("{} gave no answer within {} s.", "{0} não respondeu em {1} s."),
    (
        "Raise llm_timeout, or use a smaller model.",
        "Aumenta llm_timeout, ou usa um modelo mais pequeno.",
    ),
    (
        "Nothing answers at {}: connection refused or host unreachable.",
        "Nada responde em {0}: a ligação foi recusada ou o servidor não se alcança.",
    ),
    (
        "Start the language model there, or correct llm_url; llm=embedded needs neither.",
        "Inicia lá o modelo de linguagem, ou corrige llm_url; com llm=embedded nada disso é "
        "preciso.",
    ),
    # Findings of checks.
    ("length unknown", "duração desconhecida"),
    ("level unknown", "nível desconhecido"),
    ("rate unknown", "taxa desconhecida"),
    ("rate and channels unknown", "taxa e canais desconhecidos"),
    ("too short to measure", "curto demais para medir"),
    ("no speech was rated", "nenhuma fala foi avaliada"),
    ("number of words unknown", "número de palavras desconhecido"),
    ("no speaker turns", "sem vezes de fala"),
    ("the text of a document is not compared", "o texto de um documento não se compara"),
    (
        "a text of numbers alone is not compared",
        "um texto só com números não se compara",
    ),
    (
        "Chinese and Japanese have many ways to write a sound, and are not compared",
        "o chinês e o japonês têm muitas formas de escrever um som, e não se comparam",
    ),
    ("there is no such check", "não existe essa verificação"),
    ("the result is silent", "o resultado é silêncio"),
)
