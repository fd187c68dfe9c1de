"""What the demonstration says: the call, its grid, the accounts, and the words of each act."""

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
    "comment_up_to": 1,
    "contact_email": "territoires@demo.example",
    "is_published": True,
    "is_demo": True,
}

TIE_RANKS = {"Besoins du territoire": 1, "Partenariats": 2}

ADMISSIBILITY = [  # what the team verifies of each file, where it looks
    (
        "La candidature est portée par une commune ou un EPCI",
        "Rubrique Porteurs\u00a0: le chef de file est une collectivité, son code est dans le référentiel.",
    ),
    (
        "L’engagement de chaque porteur est signé",
        "Rubrique Pièces\u00a0: délibération, ou lettre de la personne qui représente la collectivité.",
    ),
    ("Le plan de financement est équilibré sur trois ans", "Rubrique Financement."),
    ("Le site proposé est dans le territoire des porteurs", "Rubrique Sites, et le territoire à côté."),
    ("Aucune autre candidature ne vise le même territoire", "Les recoupements sont relevés à côté de cette liste."),
]

UNSATISFIED = {2: "La lettre d’un des porteurs manque."}  # position of the point: what the team noted

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

DEPUTY = "suppleance"
TOO_WEAK = "Le dossier ne dit presque rien sur ce point."

APPLICANTS = {  # local part of the e-mail: full name
    "epci": "Camille Le Goff",
    "commune-epci": "Dominique Faure",
    "consortium": "Maxime Roy",
    "consortium-2": "Sacha Blondel",
    "consortium-3": "Andréa Vasseur",
}

# Who works on the shared candidature beside its lead, and the address that has not answered yet
TEAM = [("consortium-2", "editor"), ("consortium-3", "reader")]
INVITED = "finances@vire-normandie.example"

COMMENTS = {
    "favourable": [
        "Les besoins sont bien établis et les employeurs s’engagent. À soutenir.",
        "Projet mûr, calendrier tenable, lieu déjà disponible.",
    ],
    "reserved": [
        "L’intention est bonne ; le financement de la troisième année reste à trouver.",
        "Partenaires cités sans engagement écrit : à consolider.",
    ],
    "unfavourable": ["Les besoins ne sont pas démontrés et le lieu n’est pas identifié."],
}
REASONS = {
    "label": "Projet solide, attendu par les employeurs, prêt à ouvrir.",
    "conditions": "Projet retenu, à condition de signer la convention entre les deux sites avant l’ouverture.",
    "reserve": "Projet de qualité, retenu si une place se libère.",
    "defer": "Le besoin est réel. Consolidez le plan de financement et l’engagement des employeurs.",
    "reject": "Les besoins de formation ne sont pas établis et le lieu n’est pas identifié.",
}

CONDITIONS = "Signer la convention entre les deux sites avant l’ouverture, et la transmettre à l’équipe du programme."
POINTS = [  # section of the form, or "" for the whole file, and what to improve
    {"section": "Financement", "text": "Un plan sur trois ans, voté, avec la part de chaque financeur."},
    {"section": "", "text": "Des engagements écrits et datés des employeurs du bassin."},
]
ABSTENTIONS = {"conditions": 1, "reserve": 2, "defer": 1}
ROOM = "Salle des conseils, 292 rue Saint-Martin, Paris"

STEPS = [  # days from today, step, what was noted
    (-45, "agreement", "Convention signée pour trois ans entre la collectivité et le Cnam."),
    (-30, "premises", "Deux salles au premier étage de la médiathèque, accessibles par l’ascenseur."),
    (-12, "recruitment", "Une personne pour l’accueil et l’accompagnement, en poste dans trois semaines."),
]
LATE_PREMISES = "Les travaux de mise en accessibilité ne finiront qu’au printemps."

ADMITTED = "Pièces complètes ; le projet répond aux attendus de l’appel."
REFUSED = "La délibération jointe concerne un autre projet."
WITHDRAWN = "Le conseil communautaire reporte le projet d’un an."
STEPS_ASIDE = "Notre fédération est partenaire de ce projet."
MORE_TIME = (
    "La chargée de mission a pris ses fonctions le mois dernier, et le conseil d’agglomération ne se réunit que la "
    "semaine qui suit la clôture."
)

LATE_PARTNER = {  # of the candidature that is deposited twice
    "name": "Union des entreprises du pays de Redon",
    "kind": "employers",
    "contribution": "Rejoint le projet avec onze employeurs, demande des parcours du soir et prête une salle.",
}

SUPPLEMENTS = "Le lieu d’accueil n’est pas assez précis pour que le comité se prononce. Complétez ces points."
WANTED = [  # question, what is expected
    ("address", "L’adresse exacte du lieu, ou des deux lieux entre lesquels vous hésitez."),
    ("tenure", "À qui appartient ce lieu, ou avec qui l’accord est en cours."),
    ("premises_plan", "Un plan des locaux, même provisoire, ou des photos."),
    ("commitment_letter", "La lettre jointe n’est pas signée : joignez-la signée."),
]
MESSAGES = [  # days from today, from the team, text
    (
        -2.12,
        False,
        "Bonjour, l’architecte nous remet le plan définitif dans trois semaines, après l’échéance. Un plan d’esquisse "
        "vous suffit-il ?",
    ),
    (
        -0.95,
        True,
        "Bonjour, oui : une esquisse cotée, qui montre les deux salles et l’entrée accessible, suffit au comité. Vous "
        "nous adresserez le plan définitif avec la convention.",
    ),
]
