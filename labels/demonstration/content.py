"""What the demonstration says: accounts, the call, its grid, and the candidatures with what happens to each."""

from typing import NamedTuple

CALL = {
    "slug": "demonstration",
    "name": "AMI de démonstration",
    "prefix": "DEMO",
    "title": "Ouvrir une antenne du Cnam au cœur de votre ville",
    "lede": "Un appel fictif, sur des territoires réels, pour essayer le portail de bout en bout.",
    "presentation": "Cet appel sert à découvrir le portail : déposer une candidature, l’examiner, l’évaluer, décider, "
    "proclamer. Rien de ce qui s’y passe n’engage le Cnam ni les collectivités citées.\n\n"
    "Les candidatures demandent l’ouverture d’une antenne : un lieu où se former en cours de carrière, en lien avec "
    "les entreprises du territoire. Elles sont portées par une commune, une intercommunalité ou plusieurs ensemble.",
    "tolerance_minutes": 10,
    "tie_break": "À moyenne égale, la candidature déposée la première passe devant.",
    "contact_email": "territoires@demo.example",
    "is_published": True,
    "is_demo": True,
}

CRITERIA = [  # name, weight, what is judged, what 0, 3 and 5 mean
    (
        "Besoins du territoire",
        25,
        "Les besoins de formation et de recrutement sont connus, chiffrés et partagés avec les employeurs.",
        (
            "Besoins affirmés sans preuve",
            "Besoins décrits avec quelques données",
            "Besoins chiffrés avec les employeurs",
        ),
    ),
    (
        "Offre de formation visée",
        20,
        "Les filières et les niveaux répondent aux besoins et complètent l’offre qui existe.",
        ("Offre non précisée", "Filières choisies, public à préciser", "Filières, niveaux et publics précis"),
    ),
    (
        "Partenariats",
        20,
        "Entreprises, chambres, universités et services de l’État s’engagent par écrit.",
        ("Aucun partenaire", "Partenaires cités", "Engagements écrits et datés"),
    ),
    (
        "Locaux et accueil",
        15,
        "Un lieu accessible, équipé et disponible à la date prévue.",
        ("Lieu inconnu", "Lieu repéré", "Lieu disponible et équipé"),
    ),
    (
        "Financement",
        15,
        "Un budget équilibré sur trois ans, avec la part de chacun.",
        ("Budget absent", "Budget partiel", "Budget équilibré et voté"),
    ),
    (
        "Gouvernance",
        5,
        "Qui décide, qui anime, comment le projet est suivi.",
        ("Non décrite", "Esquissée", "Claire et acceptée par tous"),
    ),
]

# Local part of the e-mail of each seat's member, in the order of the committee of AMI#2; the first presides
MEMBERS = ["presidence", "acv", "ti", "banque", "villes", "adcf", "adecco", "cma", "uimm"]

APPLICANTS = {  # local part of the e-mail: full name
    "epci": "Camille Le Goff",
    "commune-epci": "Dominique Faure",
    "consortium": "Maxime Roy",
}


class Entry(NamedTuple):
    """One candidature: `carriers` by INSEE code or SIREN, lead first; `fate` is where its story stops."""

    phase: int
    by: str
    carriers: str
    sites: str
    concept: str
    year: int
    title: str
    summary: str
    fate: str
    level: int = 3  # the mark around which the seats of the committee vote


CANDIDATURES = [
    # Phase 1: judged and proclaimed
    Entry(
        1,
        "epci",
        "200065928",
        "22113",
        "third_place",
        2027,
        "Lannion, campus des transitions numériques",
        "Installer dans l’ancienne imprimerie un tiers-lieu où les salariés des télécoms et de la photonique se "
        "forment le soir et à distance, avec un accompagnement sur place.",
        "label",
        5,
    ),
    Entry(
        1,
        "commune-epci",
        "17415 200036473",
        "17415",
        "progressive",
        2027,
        "Se former à Saintes, près de chez soi",
        "Ouvrir par étapes des parcours en gestion, en bâtiment durable et en aide à la personne, d’abord dans les "
        "locaux de la pépinière, puis dans l’îlot Saint-Eutrope.",
        "label",
        4,
    ),
    Entry(
        1,
        "consortium",
        "200067361 12202 241200187",
        "46102 12202",
        "skills_hub",
        2028,
        "Mécanique et aéronautique, de Figeac à Rodez",
        "Deux sites complémentaires pour les sous-traitants de la Mecanic Vallée : usinage et qualité à Figeac, "
        "numérique industriel à Rodez.",
        "conditions",
        4,
    ),
    Entry(
        1,
        "epci",
        "200034825",
        "23096",
        "progressive",
        2028,
        "Guéret, une antenne pour la Creuse",
        "Proposer dans la préfecture la moins peuplée du pays des formations aux métiers du soin et de la forêt. "
        "Le plan de financement reste à consolider.",
        "defer",
        3,
    ),
    Entry(
        1,
        "commune-epci",
        "76259 200069821",
        "76259",
        "cnam_centre",
        2027,
        "Fécamp, métiers de la mer et de l’éolien",
        "Créer un centre tourné vers la maintenance des parcs éoliens en mer et la logistique portuaire.",
        "reserve",
        3,
    ),
    Entry(
        1,
        "epci",
        "242500338",
        "25462",
        "third_place",
        2027,
        "Pontarlier, un tiers-lieu frontalier",
        "Accueillir les salariés frontaliers dans un espace de travail partagé, avec des formations à la demande.",
        "reject",
        1,
    ),
    # Phase 2: under review
    Entry(
        2,
        "consortium",
        "200039022 243500741",
        "35360 35236",
        "skills_hub",
        2028,
        "Vitré et Redon, compétences de l’Est breton",
        "Un hub commun à deux agglomérations industrielles, pour l’agroalimentaire, la cosmétique et la mécanique.",
        "review",
        4,
    ),
    Entry(
        2,
        "commune-epci",
        "24037 200070647",
        "24037",
        "progressive",
        2028,
        "Bergerac, chimie verte et santé",
        "Accompagner la reconversion de la poudrerie et les besoins de l’hôpital par des formations en alternance.",
        "review",
        3,
    ),
    Entry(
        2,
        "epci",
        "200070712",
        "63430",
        "third_place",
        2029,
        "Thiers, la coutellerie apprend",
        "Transformer une ancienne usine de la vallée des Rouets en lieu de formation aux métiers du métal.",
        "review",
        3,
    ),
    Entry(
        2,
        "epci",
        "249740085",
        "97412",
        "progressive",
        2028,
        "Saint-Joseph, former dans le Sud sauvage",
        "Éviter aux habitants du sud de La Réunion deux heures de route pour se former au numérique et au tourisme.",
        "review",
        4,
    ),
    Entry(
        2,
        "commune-epci",
        "50025 200069425",
        "50025",
        "third_place",
        2028,
        "Avranches, au pied de la baie",
        "Former aux métiers de l’accueil et de la transition agricole dans l’ancien tribunal.",
        "refuse",
    ),
    # Phase 3: open
    Entry(
        3,
        "epci",
        "200042935",
        "01283",
        "cnam_centre",
        2028,
        "Oyonnax, la Plastics Vallée se renouvelle",
        "Un centre dédié à la plasturgie, au recyclage et à l’automatisation, avec l’appui des industriels.",
        "submit",
    ),
    Entry(
        3,
        "consortium",
        "61169 200035814 14762 200068799",
        "61169 14762",
        "skills_hub",
        2029,
        "Flers et Vire, bocage industriel",
        "Deux villes voisines unissent leurs besoins en maintenance, en logistique et en encadrement d’équipe.",
        "submit",
    ),
    Entry(
        3,
        "commune-epci",
        "71014 200070530",
        "71014",
        "progressive",
        2028,
        "Autun, du textile au cuir",
        "Des parcours courts pour les ateliers du luxe et de la lingerie, montés avec les employeurs.",
        "supplements",
    ),
    Entry(
        3,
        "commune-epci",
        "89387 248900334",
        "89387",
        "third_place",
        2028,
        "Sens, à une heure de Paris",
        "Un tiers-lieu dans le quartier de la gare, pour se former sans prendre le train.",
        "withdraw",
    ),
    Entry(
        3,
        "epci",
        "200067437",
        "04070",
        "progressive",
        2028,
        "Digne-les-Bains, métiers de la montagne",
        "Ce brouillon attend encore sa délibération.",
        "draft",
    ),
    Entry(3, "consortium", "200067791", "09122", "third_place", 2028, "Foix, l’Ariège se forme", "", "start"),
]
