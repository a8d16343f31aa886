"""What is said of recipes, in Portuguese: "{}" as in ``translations``."""

__all__ = ["RECIPES"]

RECIPES: tuple[tuple[str, str], ...] = (
    (
        "The results would not be those of the recipe: {}.",
        "Os resultados não seriam os da receita: {0}.",
    ),
    (
        "To run it with the models that are here: --models current.",
        "Para a correr com os modelos que há aqui: --models current.",
    ),
    (
        "{} needs the words in which the owner of the voice agrees; a recipe keeps none.",
        "{0} precisa das palavras em que a pessoa dona da voz concorda; uma receita não as guarda.",
    ),
    (
        'Give them with the run: --consent "it is my own voice".',
        'Indica-as ao correr: --consent "a voz é minha".',
    ),
    (
        'a recipe keeps no consent; take it out, and give it anew with each run: --consent "…".',
        'uma receita não guarda consentimentos; tira-o, e indica-o ao correr: --consent "…".',
    ),
    (
        "The recipe takes no '{}' beside its files; it takes: {}.",
        "A receita não recebe '{0}' além dos seus arquivos; recebe: {1}.",
    ),
    (
        "The recipe takes '{}' ({}) as well, the same for all files.",
        "A receita recebe também '{0}' ({1}), o mesmo para todos os arquivos.",
    ),
    ("Name it: --with {}=FILE.", "Indica-o: --with {0}=ARQUIVO."),
    ("The recipe takes no files.", "A receita não recebe arquivos."),
    ("Name none, only -o FOLDER.", "Não indiques nenhum, só -o PASTA."),
    (
        "The recipe is run on files ({}), and none was named.",
        "A receita corre sobre arquivos ({0}), e não se indicou nenhum.",
    ),
    (
        "Nothing was found that the recipe takes ({}); of other kinds or made before: {}.",
        "Não se encontrou nada que a receita receba ({0}); de outros tipos ou já feitos: {1}.",
    ),
    ("Name files or a folder.", "Indica arquivos ou uma pasta."),
    (
        "'{}' is {} in the recipe; {} is {}.",
        "'{0}' é {1} na receita; {2} é {3}.",
    ),
    ("it is {}, and the recipe takes {}", "é {0}, e a receita recebe {1}"),
    ("not a recording", "não é uma gravação"),
    ("not a video", "não é um vídeo"),
    ("not a picture", "não é uma imagem"),
    ("not a document", "não é um documento"),
    ("not subtitles", "não são legendas"),
    ("made of {} before", "feito antes a partir de {0}"),
    (
        "one of the inputs varies from file to file; none does.",
        "uma das entradas varia de arquivo para arquivo; nenhuma varia.",
    ),
    (
        "one of the inputs varies from file to file; {} do.",
        "uma das entradas varia de arquivo para arquivo; variam: {0}.",
    ),
    (
        "'{}' is no role; use small letters, digits and underscores, and no name of a step.",
        "'{0}' não é um papel; usa minúsculas, algarismos e _, e nenhum nome de um passo.",
    ),
    ("there is no such step; there are: {}.", "não existe esse passo; há: {0}."),
    ("it gives {}; name one of them.", "dá {0}; indica um deles."),
    (
        "the tool chooses its format; leave 'format' out.",
        "a ferramenta escolhe o seu formato; tira 'format'.",
    ),
    ("'format' is '{}'; one of {} is valid.", "'format' é '{0}'; vale um destes: {1}."),
    (
        "A tool of a plug-in comes with it; see `tonmeister tools`.",
        "Uma ferramenta de uma extensão vem com ela; vê `tonmeister tools`.",
    ),
    (
        "In '{}' nothing was delivered yet that could be made into a recipe.",
        "Em '{0}' ainda não se entregou nada de que se possa fazer uma receita.",
    ),
    (
        "Ask for something first; `tonmeister log` shows what was done.",
        "Pede primeiro alguma coisa; `tonmeister log` mostra o que se fez.",
    ),
    (
        "The tool '{}', which was used, is not here any more.",
        "A ferramenta '{0}', que se usou, já não existe aqui.",
    ),
    ("Install the plug-in that brought it.", "Instala a extensão que a trouxe."),
    (
        "@{} was used, and what it was made of is not on this branch.",
        "Usou-se @{0}, e aquilo de que foi feito não está neste ramo.",
    ),
    (
        "Go to the turn that made it: `tonmeister checkout NUMBER`.",
        "Vai até ao pedido que o fez: `tonmeister checkout NÚMERO`.",
    ),
    (
        "The conversation has {} steps; a recipe has {} at most.",
        "A conversa tem {0} passos; uma receita tem no máximo {1}.",
    ),
    (
        "Save it up to an earlier result: --up-to @a5.",
        "Guarda-a até um resultado anterior: --up-to @a5.",
    ),
)
