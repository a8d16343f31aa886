"""Sentences of our own to read aloud and to understand again.

They were written after the rules of pronunciation were fixed, so that no rule was fitted to them.
"""

import re

__all__ = ["SENTENCES", "plain"]

SENTENCES = {
    "en": [
        "The mechanic replaced the battery and washed the windows.",
        "A strong wind blew the tent across the empty field.",
        "She whispered the password so that nobody else could hear it.",
        "Most tourists photograph the castle from the opposite bank.",
        "The baker sells fresh rolls until they run out.",
        "He apologised for the delay and offered them a discount.",
        "Lightning struck the oldest tree in the park last night.",
        "The nurse measured his pulse and wrote it down.",
        "We planted tomatoes, onions and garlic behind the shed.",
        "Several passengers complained about the noise in the cabin.",
        "The lawyer refused to comment on the verdict.",
        "Snow covered the roofs of the quiet village.",
    ],
    "pt": [
        "O mecânico trocou a bateria e lavou os vidros do carro.",
        "Um vento forte levou a barraca pelo campo vazio.",
        "Ela sussurrou a senha para que ninguém mais ouvisse.",
        "A maioria dos turistas fotografa o castelo da outra margem.",
        "O padeiro vende pão fresco até acabar.",
        "Ele pediu desculpas pelo atraso e ofereceu um desconto.",
        "Um raio atingiu a árvore mais antiga do parque ontem à noite.",
        "A enfermeira mediu o pulso dele e anotou tudo.",
        "Plantamos tomates, cebolas e alho atrás do galpão.",
        "Vários passageiros reclamaram do barulho na cabine.",
        "O advogado recusou comentar a sentença.",
        "A neve cobria os telhados da aldeia tranquila.",
        "Os jogadores treinaram debaixo de chuva a tarde toda.",
        "Preciso comprar leite, queijo e bolachas no mercado.",
        "A ponte velha foi fechada por razões de segurança.",
        "Meu primo estuda engenharia numa universidade do norte.",
        "A cozinheira provou a sopa e pôs mais sal.",
        "O cachorro do vizinho late quando passa um caminhão.",
        "Guardei as fotografias antigas numa caixa de madeira.",
        "O juiz marcou a próxima sessão para quinta-feira.",
    ],
    "es": [
        "El mecánico cambió la batería y limpió los cristales.",
        "Un viento fuerte arrastró la tienda por el campo vacío.",
        "La enfermera le tomó el pulso y lo apuntó todo.",
        "Plantamos tomates, cebollas y ajos detrás del cobertizo.",
        "El abogado se negó a comentar la sentencia.",
        "La nieve cubría los tejados del pueblo tranquilo.",
        "Varios pasajeros se quejaron del ruido en la cabina.",
        "El panadero vende pan fresco hasta que se acaba.",
    ],
    "fr": [
        "Le mécanicien a changé la batterie et lavé les vitres.",
        "Un vent violent a emporté la tente à travers le champ.",
        "L'infirmière a pris son pouls et a tout noté.",
        "Nous avons planté des tomates, des oignons et de l'ail.",
        "L'avocat a refusé de commenter le verdict.",
        "La neige couvrait les toits du village tranquille.",
        "Plusieurs passagers se sont plaints du bruit dans la cabine.",
        "Le boulanger vend du pain frais jusqu'au soir.",
    ],
    "it": [
        "Il meccanico ha cambiato la batteria e lavato i vetri.",
        "Un vento forte ha trascinato la tenda per il campo vuoto.",
        "L'infermiera gli ha misurato il polso e ha annotato tutto.",
        "Abbiamo piantato pomodori, cipolle e aglio dietro il capanno.",
        "L'avvocato si è rifiutato di commentare la sentenza.",
        "La neve copriva i tetti del villaggio tranquillo.",
        "Diversi passeggeri si sono lamentati del rumore in cabina.",
        "Il panettiere vende pane fresco finché ce n'è.",
    ],
    "zh": [
        "今天天气很好，我们一起去公园散步吧。",
        "请把这份文件寄给北京大学的王老师。",
        "图书馆里有很多学生正在准备考试。",
        "火车票是120元，下午3点半出发。",
    ],
    "ja": [
        "今日は天気がいいので、公園を散歩しましょう。",
        "この書類を東京大学の田中先生に送ってください。",
        "図書館では多くの学生が試験の準備をしています。",
        "切符は2,500円で、電車は午後3時に出ます。",
    ],
}


def plain(text: str) -> str:
    """Return lower-case words without punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower().replace("œ", "oe")).split())
