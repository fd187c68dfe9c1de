"""The sentences from which the long answers of the demonstration are made. Words in braces are those of `words_of`."""

FIELD_WORDS = {  # fields of `choices` inside a sentence
    "accounting": "la comptabilité",
    "management": "l’encadrement d’équipe",
    "computing": "l’informatique",
    "industry": "la maintenance industrielle",
    "materials": "les matériaux",
    "building": "le bâtiment durable",
    "health": "les métiers du soin",
    "trade": "le commerce",
    "logistics": "la logistique",
    "tourism": "l’accueil touristique",
    "quality": "la qualité",
    "enterprise": "la reprise d’entreprise",
}

COMMITMENT_OF_LEAD = [
    "Nous portons le projet : nous signons la convention, réservons {place} et finançons le poste d’accueil. Un agent "
    "du service du développement économique y consacre la moitié de son temps jusqu’à l’ouverture.",
    "Chef de file, nous versons l’essentiel de l’apport public, prenons en charge l’aménagement du lieu et animons le "
    "groupe des {employers} employeurs rencontrés.",
    "Nous mettons à disposition les locaux, recrutons la personne qui tiendra l’antenne {at_cities} et avançons les "
    "dépenses de la première année.",
]
COMMITMENT_OF_OTHERS = [
    "Nous informons les habitants, recevons les premiers inscrits dans nos accueils et contribuons au budget selon la "
    "convention passée avec {territory}.",
    "Nous prêtons des salles {at_cities} pour les séances du soir, prenons en charge leur entretien et siégeons au "
    "comité qui suit le projet.",
    "Nous apportons une part du financement, votée pour trois ans, et le relais de nos services {at_cities} auprès "
    "des entreprises et des demandeurs d’emploi.",
]

CONCEPT_REASON = {
    "progressive": [
        "Nous préférons ouvrir {at_cities} une formation qui trouve son public, puis une autre. Commencer par "
        "{first_field} répond à la demande la plus sûre ; la suite dépendra des inscriptions et des employeurs.",
        "Peu d’adultes savent ici qu’ils peuvent reprendre des études : l’antenne se fera connaître peu à peu. Une "
        "salle et {learners} personnes la première année, trois salles ensuite : le lieu choisi, {place}, le permet.",
    ],
    "third_place": [
        "Le lieu existe et vit déjà : on y travaille, on y fabrique, on s’y rencontre. Se former dans {place} paraît "
        "naturel à des personnes qu’un établissement scolaire intimiderait.",
        "{At_cities}, aucun acteur ne peut remplir seul un bâtiment. Dans {place}, l’antenne partage l’accueil, la "
        "connexion et les salles avec d’autres : les charges baissent et les publics se croisent.",
    ],
    "cnam_centre": [
        "Les employeurs demandent un interlocuteur installé, capable de monter un parcours en quelques mois. Dans "
        "{place}, un centre du Cnam réunit le plateau technique, les enseignants et la recherche.",
        "La filière emploie assez de monde pour qu’un centre entier lui soit consacré : {jobs} recrutements en trois "
        "ans, et autant de salariés à faire monter en qualification {at_cities}.",
    ],
    "skills_hub": [
        "Nos besoins ne sont pas seulement de former : il faut repérer les compétences, valider l’expérience, "
        "accompagner les mobilités d’une entreprise à l’autre. Un hub {at_cities} tient tout cela ensemble.",
        "Deux lieux et plusieurs porteurs ont besoin d’une seule porte d’entrée pour les habitants comme pour les "
        "employeurs. Le hub, installé dans {place}, oriente vers la bonne formation, ici ou ailleurs.",
    ],
}

NEEDS_OPENING = [
    "{Territory} a interrogé {employers} employeurs en début d’année. Ils cherchent {seek}, et prévoient {jobs} "
    "recrutements en trois ans, dont un sur deux leur paraît difficile.",
    "Le bassin d’emploi compte {workers} salariés. Sur les {employers} employeurs rencontrés, les deux tiers ont "
    "renoncé à une commande faute de personnel. Ils cherchent {seek} : {jobs} postes d’ici à trois ans.",
    "Trois réunions {at_cities} ont rassemblé {employers} employeurs et {audience} habitants. Les premiers cherchent "
    "{seek} ; les seconds veulent évoluer sans déménager. L’écart se chiffre à {jobs} postes en trois ans.",
    "D’après l’enquête sur les besoins de main-d’œuvre et nos propres entretiens avec {employers} employeurs, {jobs} "
    "postes seront à pourvoir en trois ans. Les plus difficiles : {seek}.",
]
NEEDS_BY_SECTOR = {
    "industry": "Dans l’industrie, un quart des salariés ont plus de cinquante ans. Les ateliers forment sur le tas, "
    "faute d’un parcours reconnu à moins d’une heure.",
    "building": "Dans le bâtiment, la rénovation des logements demande des conducteurs de travaux et des métreurs que "
    "les lycées professionnels ne forment pas.",
    "health": "L’hôpital, les maisons de retraite et les services à domicile peinent à remplacer les départs ; leurs "
    "agents ne trouvent pas ici de quoi devenir cadres.",
    "digital": "Les entreprises du numérique recrutent loin d’ici et perdent leurs jeunes diplômés ; les autres n’ont "
    "personne pour leurs réseaux, leurs données et leur sécurité.",
    "logistics": "Les plateformes logistiques tournent avec des intérimaires : les chefs de quai et les exploitants "
    "manquent.",
    "trade": "Les commerces et les services demandent surtout de la gestion, de la paie et de la vente en ligne, à "
    "apprendre le soir ou à temps partiel.",
    "tourism": "L’hôtellerie et les sites de visite emploient des saisonniers qui voudraient travailler à l’année : "
    "il leur manque un second métier et un diplôme.",
    "farming": "L’agroalimentaire et la forêt cherchent des conducteurs de ligne et des techniciens, quand les "
    "exploitations veulent transformer sur place.",
    "energy": "Les chantiers de l’énergie demandent des techniciens de maintenance habilités, que l’on fait venir "
    "d’autres régions.",
    "public": "Les collectivités et les services de l’État remplaceront un agent sur cinq d’ici à cinq ans, surtout "
    "dans les finances et l’informatique.",
}
NEEDS_CLOSING = [
    "La plupart des personnes intéressées travaillent déjà : elles ne peuvent se former qu’après leur journée, "
    "{at_cities}, sans y perdre deux heures de route.",
    "Ces chiffres ont été présentés à la chambre de commerce et d’industrie et à la mission locale, qui les partagent. "
    "Une liste d’attente compte déjà {waiting} noms.",
    "La part des adultes sans diplôme du supérieur dépasse ici de huit points la moyenne nationale : la demande "
    "existe, c’est l’offre qui est loin.",
]

EXISTING = [
    "{At_cities}, l’offre s’adresse surtout aux jeunes qui sortent du lycée. Pour un diplôme en soirée, un adulte en "
    "activité doit aller jusqu’à la grande ville voisine. Les organismes privés proposent des stages sans diplôme.",
    "Un lycée professionnel et un centre d’apprentis forment {at_cities} les plus jeunes. Les adultes qui veulent un "
    "diplôme doivent s’éloigner : un sur trois y renonce. Rien n’existe le soir, et les cars s’arrêtent à 19 heures.",
    "L’offre est réelle pour les jeunes, absente {at_cities} pour les adultes en activité. Les formations continues "
    "les plus proches affichent complet ou ne durent que quelques jours.",
    "Quelques formations continues ouvrent une année sur deux, selon les inscriptions. {Territory} n’a pas "
    "de lieu ouvert à tous où suivre un cours à distance dans de bonnes conditions.",
]

OFFER_OPENING = [
    "La première année, {learners} personnes en deux groupes, pour commencer par {first_field}. Les suivantes, "
    "l’offre s’élargit : {other_fields}.",
    "Nous commençons modestement, par {first_field}, avec {learners} inscrits. Viennent ensuite {other_fields}, pour "
    "atteindre {learners_3} personnes la troisième année.",
    "Trois rentrées, trois étapes : {first_field} d’abord, puis {other_fields}. Chaque ouverture attend douze "
    "inscrits et deux employeurs engagés.",
]
OFFER_CLOSING = [
    "Chaque inscrit est reçu une heure avant de choisir, puis suivi tous les mois. Une permanence se tient {at_cities} "
    "deux soirs par semaine pour ceux qui étudient à distance.",
    "Dans {place}, une personne accueille, aide à financer la formation et rappelle ceux qui décrochent. Les cours à "
    "distance y sont suivis ensemble, jamais seul chez soi.",
    "Les employeurs proposent un tuteur pour trois inscrits. La validation de l’expérience ouvre un accès plus court "
    "à ceux qui exercent déjà le métier.",
]

WORKS = [
    "Cloisons, réseau et mobilier pour deux salles et un espace d’accueil. {Territory} conduit les travaux, qui "
    "coûtent {works_cost} et finissent un mois avant la rentrée.",
    "Mise aux normes d’accessibilité et isolation de {surface} mètres carrés, pour {works_cost}. Les marchés seront "
    "lancés dès la labellisation.",
]

EMPLOYERS = [
    "Douze des {employers} employeurs rencontrés ont écrit ce dont ils ont besoin, poste par poste. Ils cherchent "
    "{seek} : ils fourniront des intervenants, recevront les apprentis et reliront les programmes chaque année.",
    "Un groupe d’employeurs se réunit tous les deux mois {at_cities}. Il a choisi de commencer par {first_field}, "
    "propose {apprentices} places d’apprentis et prête ses machines une journée par semaine.",
    "Les entreprises s’engagent à financer {employers_share} sur trois ans, à libérer leurs salariés une demi-journée "
    "par semaine et à nommer un correspondant de l’antenne.",
]

BUDGET_NOTES = [
    "L’apport des porteurs, {carriers_share} sur trois ans, est inscrit au budget. La Région a été saisie. Au-delà de "
    "la troisième année, les inscriptions et les entreprises couvrent l’enseignement ; il reste le poste d’accueil.",
    "Les locaux comptent pour leur valeur locative. Les entreprises versent {employers_share}, par convention avec "
    "leur opérateur de compétences. L’État est sollicité pour l’équipement ; sans lui, les travaux seraient étalés.",
    "La montée des inscriptions, de {learners} à {learners_3} personnes, réduit d’un tiers la part publique par "
    "inscrit. Les porteurs garantissent {carriers_share} ; un bilan à deux ans décidera de la suite.",
]
BUDGET_TO_SETTLE = (
    "Les porteurs apportent {carriers_share}. La troisième année repose sur des financements demandés mais pas encore "
    "obtenus : nous les consoliderons avec la Région d’ici à la convention."
)

STEPS = [
    "Labellisation, puis convention avec le Cnam. Recrutement de la personne d’accueil quatre mois avant la rentrée. "
    "Réunions d’information {at_cities} au printemps, inscriptions à partir de juin, ouverture à l’automne.",
    "Aménagement du lieu d’abord. Dès qu’il est prêt, portes ouvertes dans {place} et rendez-vous avec les employeurs. "
    "Les inscriptions ouvrent en mai pour {first_field}, la première formation commence à l’automne.",
    "Trois chantiers avancent ensemble : le lieu, l’équipe et les inscriptions. Un point d’avancement est fait chaque "
    "mois avec le Cnam ; dès que douze personnes sont inscrites {at_cities}, la première rentrée est confirmée.",
]

GOVERNANCE = [
    "Un comité de pilotage réunit deux fois par an les élus des porteurs ({carriers}), le Cnam, la Région et trois "
    "employeurs. Une équipe de suivi se retrouve chaque mois. La personne d’accueil est employée par le chef de file.",
    "{Territory} préside un comité de six membres, moitié élus, moitié employeurs, qui arrête chaque année les "
    "formations à ouvrir. Un chargé de mission tient l’antenne {at_cities} et rend compte chaque trimestre.",
    "Les décisions se prennent à l’unanimité des porteurs ({carriers}), après l’avis des employeurs et des inscrits. "
    "Le quotidien revient à une coordinatrice à temps plein, appuyée par le service du développement économique.",
]
FOLLOW_UP = [
    "Inscrits, présence, diplômes, emploi six mois après : quatre chiffres publiés chaque automne. L’objectif est de "
    "{learners_3} personnes {at_cities} la troisième année.",
    "Un tableau tenu chaque trimestre {at_cities} : inscriptions par formation, abandons et leur cause, satisfaction "
    "des {employers} employeurs, coût par inscrit.",
]

VAGUE = {  # what a candidature that is not ready says
    "needs": "Les employeurs rencontrés disent avoir du mal à recruter {seek}. Une étude des besoins sera lancée "
    "{at_cities} si la candidature est retenue.",
    "offer": "Toutes les formations du Cnam qui intéresseront les habitants, à distance pour l’essentiel.",
    "employers_role": "Des contacts ont été pris ; les employeurs seront associés au projet le moment venu.",
    "budget_notes": "Le budget est une première estimation. L’apport des porteurs, {carriers_share}, reste à voter.",
}
ADDED_NEEDS = (
    "Depuis le premier dépôt, onze employeurs de plus ont répondu {at_cities} : leurs besoins confirment les "
    "précédents, avec une demande nouvelle pour des parcours du soir."
)
