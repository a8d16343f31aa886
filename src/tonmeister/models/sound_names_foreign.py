"""Sounds in Spanish, French, German and Italian: words the sentence encoder takes for others.

A single noun is little to go by: the encoder takes "ente" for a hum and "gallo" for hooves. Words
listed here are looked up, not compared: they cost nothing when the names are read.
"""

from collections.abc import Mapping

__all__ = ["FOREIGN"]

_LINES = """
Speech: voz; habla; voix; parole; Stimme; Sprache; voce; parlato
Laughter: risa; risas; rire; rires; Lachen; Gelächter; risata; risate
Crying, sobbing: llanto; pleurs; Weinen; pianto
Baby cry, infant cry: llanto de bebé; bebé llorando; bébé qui pleure; weinendes Baby
Screaming: chillido; hurlement; Schrei; Schreien; urlo
Shout: grito; cri; Ruf; grido
Whispering: susurro; chuchotement; Flüstern; sussurro
Whistling: silbido; sifflement; Pfeifen; fischio
Singing: canto; chant; Gesang; Singen
Snoring: ronquido; ronflement; Schnarchen; russare
Cough: tos; toux; Husten; tosse
Sneeze: estornudo; éternuement; Niesen; starnuto
Walk, footsteps: pasos; pas; Schritte; passi
Clapping: palmas; claquement de mains; Klatschen; battito di mani
Applause: aplauso; aplausos; applaudissements; Applaus; Beifall; applausi
Heart sounds, heartbeat: latido del corazón; battement de cœur; Herzschlag; battito cardiaco
Crowd: multitud; foule; Menschenmenge; folla
Dog: perro; perros; chien; chiens; Hund; Hunde; cane; cani
Bark: ladrido; ladridos; aboiement; aboiements; Bellen; Gebell; abbaio; latrato
Howl: aullido; hurlement de loup; Heulen; ululato
Canidae, dogs, wolves: lobo; loup; Wolf; lupo
Growling: gruñido; grognement; Knurren; ringhio
Roaring cats (lions, tigers): león; tigre; lion; Löwe; Tiger; leone
Roar: rugido; rugissement; Gebrüll; ruggito
Cat: gato; gata; chat; chaton; Katze; Kätzchen; gatto; gattino
Meow: maullido; miaulement; Miauen; miagolio
Purr: ronroneo; ronronnement; Schnurren; fusa
Horse: caballo; caballos; cheval; chevaux; Pferd; Pferde; cavallo; cavalli
Neigh, whinny: relincho; hennissement; Wiehern; nitrito
Cattle, bovinae: vaca; vacas; toro; vache; vaches; taureau; Kuh; Kühe; Stier; mucca; mucche; vacca
Moo: mugido; meuglement; Muhen; muggito
Pig: cerdo; cerdos; puerco; cochon; porc; Schwein; Schweine; maiale; maiali
Goat: cabra; cabras; chèvre; chèvres; Ziege; Ziegen; capra; capre
Sheep: oveja; ovejas; cordero; mouton; moutons; brebis; agneau; Schaf; Schafe; pecora; pecore
Bleat: balido; bêlement; Blöken; belato
Chicken, rooster: gallo; gallina; gallinas; coq; poule; poules; Hahn; Henne; Huhn; Hühner; galline
Crowing, cock-a-doodle-doo: canto del gallo; chant du coq; cocorico; Hahnenschrei
Cluck: cacareo; gloussement; Gackern
Turkey: pavo; dinde; dindon; Truthahn; tacchino
Duck: pato; patos; canard; canards; Ente; Enten; anatra; anatre
Goose: ganso; gansos; oca; oie; oies; Gans; Gänse; oche
Bird: pájaro; pájaros; ave; aves; oiseau; oiseaux; Vogel; Vögel; uccello; uccelli
Bird vocalization, bird call, bird song: canto de pájaros; Vogelgesang
Pigeon, dove: paloma; palomas; pigeon; colombe; Taube; Tauben; piccione; colomba
Crow: cuervo; cuervos; corneja; corbeau; corneille; Krähe; Krähen; Rabe; corvo; cornacchia
Owl: búho; lechuza; hibou; chouette; Eule; Uhu; gufo; civetta
Mouse: ratón; ratones; souris; Maus; Mäuse; topo
Insect: insecto; insectos; insecte; insectes; Insekt; Insekten; insetto; insetti
Cricket: grillo; grillos; grillon; grillons; Grille; Grillen; grilli
Mosquito: mosquito; zancudo; moustique; moustiques; Mücke; Mücken; zanzara; zanzare
Fly, housefly: mosca; moscas; mouche; mouches; Fliege; Fliegen; mosche
Bee, wasp, etc.: abeja; abejas; avispa; abeille; abeilles; guêpe; Biene; Bienen; Wespe; api; vespa
Frog: rana; ranas; sapo; grenouille; grenouilles; crapaud; Frosch; Frösche; Kröte; rane; rospo
Snake: serpiente; serpent; Schlange; serpente
Whale vocalization: ballena; baleine; Wal; Walgesang; balena
Music: música; musique; Musik; musica
Guitar: guitarra; guitare; Gitarre; chitarra
Piano: piano; Klavier; pianoforte
Drum kit: batería; batterie; Schlagzeug; batteria
Drum: tambor; tambour; Trommel; tamburo
Cymbal: platillo; platillos; cymbale; cymbales; Becken; piatto; piatti
Violin, fiddle: violín; violon; Geige; Violine; violino
Cello: violonchelo; violoncelle; Cello; violoncello
Double bass: contrabajo; contrebasse; Kontrabass; contrabbasso
Flute: flauta; flûte; Flöte; flauto
Clarinet: clarinete; clarinette; Klarinette; clarinetto
Trumpet: trompeta; trompette; Trompete; tromba
Trombone: trombón; trombone; Posaune
Saxophone: saxofón; saxophone; Saxofon; Saxophon; sassofono
Accordion: acordeón; accordéon; Akkordeon; fisarmonica
Harp: arpa; harpe; Harfe
Organ: órgano; orgue; Orgel; organo
Bell: campana; cloche; Glocke; campane
Church bell: campana de iglesia; campanas; cloche d'église; cloches; Kirchenglocke; Kirchenglocken
Wind: viento; vent; Wind; vento
Thunder: trueno; truenos; tonnerre; Donner; tuono; tuoni
Thunderstorm: tormenta; orage; Gewitter; temporale
Rain: lluvia; pluie; Regen; pioggia
Water: agua; eau; Wasser; acqua
Stream: arroyo; ruisseau; Bach; ruscello
Waterfall: cascada; cascade; Wasserfall; cascata
Waves, surf: olas; vagues; Wellen; Brandung; onde
Ocean: mar; océano; mer; océan; Meer; Ozean; oceano
Fire: fuego; feu; Feuer; fuoco
Car: coche; carro; voiture; auto; Auto; macchina; automobile
Vehicle horn, car horn, honking: bocina; claxon; klaxon; Hupe; Hupen; clacson
Truck: camión; camion; Lastwagen; LKW
Bus: autobús; autobus; bus; Bus
Motorcycle: motocicleta; motocyclette; Motorrad; motocicletta; moto
Train: tren; train; Zug; treno
Helicopter: helicóptero; hélicoptère; Hubschrauber; elicottero
Fixed-wing aircraft, airplane: avión; avion; Flugzeug; aereo; aeroplano
Ship: barco; bateau; navire; Schiff; nave
Bicycle: bicicleta; vélo; bicyclette; Fahrrad; bicicletta
Engine: motor; moteur; Motor; motore
Chainsaw: motosierra; tronçonneuse; Kettensäge; motosega
Lawn mower: cortacésped; tondeuse; Rasenmäher; tosaerba
Siren: sirena; sirenas; sirène; sirènes; Sirene; Sirenen; sirene
Ambulance (siren): ambulancia; ambulance; Krankenwagen; ambulanza
Fire engine, fire truck (siren): camión de bomberos; camion de pompiers; Feuerwehr; pompieri
Police car (siren): coche de policía; voiture de police; Polizeiauto; Polizeisirene
Alarm: alarma; alarme; Alarm; allarme
Alarm clock: despertador; réveil; Wecker; sveglia
Door: puerta; porte; Tür; porta
Doorbell: timbre; sonnette; Türklingel; Klingel; campanello
Telephone: teléfono; téléphone; Telefon; telefono
Vacuum cleaner: aspiradora; aspirateur; Staubsauger; aspirapolvere
Toilet flush: cisterna; chasse d'eau; Klospülung; Toilettenspülung; sciacquone
Water tap, faucet: grifo; robinet; Wasserhahn; rubinetto
Clock: reloj; horloge; Uhr; orologio
Scissors: tijeras; ciseaux; Schere; forbici
Camera: cámara; cámara de fotos; appareil photo; Kamera; macchina fotografica
Hammer: martillo; martillazos; marteau; Hammer; martello
Sawing: sierra; serrucho; scie; Säge; Sägen; sega
Drill: taladro; perceuse; Bohrmaschine; trapano
Sewing machine: máquina de coser; machine à coudre; Nähmaschine; macchina da cucire
Explosion: explosión; explosion; Explosion; esplosione
Gunshot, gunfire: disparo; disparos; tiro; coup de feu; Schuss; Schüsse; sparo; spari
Fireworks: fuegos artificiales; feux d'artifice; feu d'artifice; Feuerwerk; fuochi d'artificio
Glass: vidrio; cristal; verre; Glas; vetro
Keys jangling: llaves; clés; clefs; Schlüssel; chiavi
Coin (dropping): moneda; monedas; pièce de monnaie; Münze; Münzen; moneta; monete
Zipper (clothing): cremallera; fermeture éclair; Reißverschluss; cerniera
Typing: mecanografía; frappe au clavier; Tippen; battitura
Computer keyboard: teclado; clavier; Tastatur; tastiera
"""

FOREIGN: Mapping[str, tuple[str, ...]] = {
    label: tuple(name.strip() for name in names.split(";"))
    for label, _, names in (line.rpartition(": ") for line in _LINES.strip().splitlines())
}
"""Class of AudioSet → names of it that are looked up."""
