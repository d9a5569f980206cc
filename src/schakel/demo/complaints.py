"""What is the matter with the patients of the demonstration: how often, and in which words."""

from __future__ import annotations

from schakel.domain.vocabulary import Complaint as C
from schakel.domain.vocabulary import Urgency as U

#: For each urgency what callers are troubled by, by weight. Own guesses, to look alive; no medical advice.
BY_URGENCY: dict[U, dict[C, float]] = {
    U.U0: {C.COLLAPSE: 5, C.DYSPNOEA: 2, C.GENERAL_TRAUMA: 1},
    U.U1: {C.CHEST_PAIN: 8, C.DYSPNOEA: 6, C.NEUROLOGICAL: 6, C.COLLAPSE: 4, C.SEIZURE: 2, C.GENERAL_TRAUMA: 4,
           C.ALLERGY: 1, C.POISONING: 1, C.PSYCHIATRIC: 1},
    U.U2: {C.CHEST_PAIN: 5, C.ABDOMINAL_PAIN: 6, C.DYSPNOEA: 5, C.FALL_ELDERLY: 6, C.COLLAPSE: 3, C.LIMB_TRAUMA: 3,
           C.FEVER_CHILD: 2, C.ABDOMINAL_PAIN_CHILD: 2, C.DIABETES: 2, C.PREGNANCY: 1, C.NEUROLOGICAL: 2, C.EYE: 1,
           C.POISONING: 1, C.PSYCHIATRIC: 1},
    U.U3: {C.FEVER_ADULT: 4, C.FEVER_CHILD: 4, C.ABDOMINAL_PAIN: 5, C.WOUND: 5, C.LIMB_TRAUMA: 4, C.COUGH: 3,
           C.URINARY: 4, C.BACK_PAIN: 3, C.FALL_ELDERLY: 3, C.MALAISE: 3, C.HEADACHE: 2, C.DIZZINESS: 2, C.BURN: 1,
           C.NOSEBLEED: 1, C.CARE_AT_HOME: 1, C.EYE: 2, C.VOMITING: 3},
    U.U4: {C.COUGH: 4, C.SKIN: 4, C.URINARY: 5, C.EYE: 2, C.BACK_PAIN: 3, C.MALAISE: 2, C.CARE_AT_HOME: 2,
           C.HEADACHE: 2, C.ALLERGY: 2, C.VOMITING: 2},
    U.U5: {C.SKIN: 4, C.COUGH: 4, C.EYE: 2, C.URINARY: 2, C.BACK_PAIN: 2, C.MALAISE: 1},
}  # fmt: skip

#: In the words of the caller.
WORDS: dict[C, tuple[str, ...]] = {
    C.LIMB_TRAUMA: (
        "Van de trap gegleden, kan niet op het been staan.",
        "Pols dik en scheef na een val op het voetbalveld.",
    ),
    C.GENERAL_TRAUMA: (
        "Met de fiets tegen een auto gereden, ligt nog op straat.",
        "Van een ladder gevallen, ongeveer drie meter.",
    ),
    C.WOUND: ("Diepe snee in de hand bij het koken, blijft bloeden.", "Hond heeft in de onderarm gebeten."),
    C.ABDOMINAL_PAIN: (
        "Sinds vanmiddag felle pijn rechtsonder in de buik.",
        "Aanvallen van pijn in de zij, kan niet stilzitten.",
    ),
    C.ABDOMINAL_PAIN_CHILD: ("Kind van vijf huilt van de buikpijn en wil niet lopen.",),
    C.DYSPNOEA: (
        "Krijgt steeds minder lucht, kan geen hele zin meer zeggen.",
        "Benauwd sinds gisteren, de pufjes helpen niet.",
    ),
    C.SKIN: ("Rode jeukende plekken over de hele rug.", "Een warme rode plek op het been die groter wordt."),
    C.URINARY: ("Pijn bij het plassen en steeds kleine beetjes.", "De katheter loopt niet meer door."),
    C.CHEST_PAIN: (
        "Drukkende pijn op de borst, straalt uit naar de arm, zweterig.",
        "Al een uur een zwaar gevoel op de borst.",
    ),
    C.EYE: ("Een splinter in het oog gekregen bij het slijpen.", "Rood en pijnlijk oog, ziet wazig."),
    C.COUGH: ("Hoest al twee weken en nu ook groen slijm.",),
    C.FEVER_CHILD: ("Baby van tien maanden, 39,8 en drinkt slecht.", "Kind heeft koorts en is suf."),
    C.FEVER_ADULT: ("Drie dagen koorts en nu ook rillingen.",),
    C.COLLAPSE: ("Zomaar weggevallen in de keuken, nu weer bij.", "Ligt op de grond en reageert niet goed."),
    C.NEUROLOGICAL: ("De mond hangt scheef en het praten gaat raar.", "Kan de rechterarm ineens niet meer optillen."),
    C.HEADACHE: ("Hevige hoofdpijn sinds vanochtend, paracetamol doet niets.",),
    C.DIZZINESS: ("Alles draait, kan niet overeind komen zonder te vallen.",),
    C.BACK_PAIN: ("Door de rug gegaan bij het tillen, kan niet meer overeind.",),
    C.ALLERGY: ("Dikke lippen en bultjes na het eten van noten.",),
    C.PREGNANCY: ("38 weken zwanger, de weeën komen om de vier minuten.", "Bloedverlies, twaalf weken zwanger."),
    C.POISONING: ("Heeft een strip medicijnen ingenomen.", "Kind heeft van het schoonmaakmiddel gedronken."),
    C.BURN: ("Hete thee over de arm gekregen, blaren.",),
    C.SEIZURE: ("Schokte over het hele lichaam, nu heel slaperig.",),
    C.PSYCHIATRIC: ("Is al dagen wakker, hoort stemmen en is erg bang.", "Zegt niet meer verder te willen leven."),
    C.DIABETES: ("De suiker is 2,4 en hij reageert vreemd.",),
    C.NOSEBLEED: ("Bloedneus die al een uur niet stopt, slikt bloedverdunners.",),
    C.VOMITING: ("Kan niets binnenhouden sinds gisteren.",),
    C.MALAISE: ("Voelt zich beroerd en slap, wil niet eten.",),
    C.FALL_ELDERLY: (
        "Moeder van 86 ligt naast het bed en kan niet opstaan.",
        "Gevallen bij het douchen, pijn in de heup.",
    ),
    C.CARE_AT_HOME: (
        "De mantelzorger is opgenomen, er is niemand voor vannacht.",
        "Het gaat thuis niet meer, hij dwaalt door het huis.",
    ),
}

NOTES = (
    "Partner blijft erbij tot er iemand is.",
    "Belt terug als het erger wordt.",
    "Woont alleen, buurvrouw heeft een sleutel.",
    "Spreekt weinig Nederlands, dochter vertaalt.",
    "Medicatielijst ligt op tafel.",
    "Sleutelkastje naast de voordeur.",
)
