"""The candidatures of the demonstration: real territories, fictional projects, and where the story of each stops."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One candidature. `carriers` by INSEE code or SIREN, lead first; `sites` by INSEE code.

    `fields`, `sectors` and `tenure` are keys of `choices`. `seek` and `place` stand inside sentences: « les employeurs
    cherchent … », « dans … ».
    """

    phase: int
    by: str
    carriers: str
    sites: str
    concept: str
    year: int  # of the opening: 0 for the first school year to come
    title: str
    summary: str
    fate: str
    level: int = 3  # how good it is: the mark around which the seats of the committee vote
    fields: str = ""
    sectors: str = ""
    seek: str = ""
    place: str = ""
    address: str = ""
    tenure: str = "owned"
    owner: str = ""
    learners: int = 40  # the first year
    is_voted: bool = True  # the deliberation
    beat: str = ""  # what else happens to it: a method of `Story`

    @property
    def is_deposited(self) -> bool:
        return self.fate not in ("draft", "start")


CANDIDATURES = [
    # Phase 1: judged and proclaimed
    Entry(
        1,
        "epci",
        "200065928",
        "22113",
        "third_place",
        0,
        "Lannion, campus des transitions numériques",
        "Installer dans l’ancienne imprimerie un tiers-lieu où les salariés des télécoms et de la photonique se "
        "forment le soir et à distance, avec un accompagnement sur place.\n\n"
        "Le lieu réunit déjà une pépinière et un atelier de fabrication ; l’antenne y ajoute deux salles, un studio "
        "pour les cours à distance et une personne qui accueille, oriente et suit chaque inscrit.",
        "label",
        5,
        fields="computing industry management",
        sectors="digital industry",
        seek="des techniciens de réseaux, des développeurs et des opérateurs en photonique",
        place="l’ancienne imprimerie",
        address="Ancienne imprimerie, 8 rue des Typographes, 22300 Lannion",
        learners=80,
    ),
    Entry(
        1,
        "commune-epci",
        "17415 200036473",
        "17415",
        "progressive",
        0,
        "Se former à Saintes, près de chez soi",
        "Ouvrir par étapes des parcours en gestion, en bâtiment durable et en aide à la personne, d’abord dans les "
        "locaux de la pépinière, puis dans l’îlot Saint-Eutrope.\n\n"
        "Le projet s’adresse aux salariés des petites entreprises, nombreuses ici, qui ne peuvent pas s’absenter une "
        "semaine entière, et aux personnes que l’éloignement des universités a détournées des études.",
        "label",
        4,
        fields="accounting building health",
        sectors="building health trade",
        seek="des conducteurs de travaux, des comptables et des aides-soignants",
        place="la pépinière d’entreprises",
        address="Pépinière d’entreprises, 3 rue du Cormier, 17100 Saintes",
        learners=50,
    ),
    Entry(
        1,
        "consortium",
        "200067361 12202 241200187",
        "46102 12202",
        "skills_hub",
        1,
        "Mécanique et aéronautique, de Figeac à Rodez",
        "Deux sites complémentaires pour les sous-traitants de la Mecanic Vallée : usinage et qualité à Figeac, "
        "numérique industriel à Rodez.\n\n"
        "Les deux lieux partagent un programme, une équipe et un plateau technique prêté par les industriels. Chaque "
        "apprenti suit la plus grande partie de son parcours près de son entreprise.",
        "conditions",
        4,
        fields="industry quality computing",
        sectors="industry digital",
        seek="des usineurs, des contrôleurs de qualité et des automaticiens",
        place="les ateliers de la zone industrielle",
        address="Atelier 4, zone de l’Aiguille, 46100 Figeac\nHôtel d’entreprises, 15 rue des Artisans, 12000 Rodez",
        tenure="lent",
        owner="Le groupement des industriels de la mécanique",
        learners=70,
    ),
    Entry(
        1,
        "epci",
        "200034825",
        "23096",
        "progressive",
        1,
        "Guéret, une antenne pour la Creuse",
        "Proposer dans l’une des préfectures les moins peuplées du pays des formations aux métiers du soin et de la "
        "forêt.\n\n"
        "Reprendre des études suppose presque toujours, ici, de déménager. L’antenne commencera par un certificat "
        "pour les encadrants de services à domicile. Le plan de financement reste à consolider.",
        "defer",
        3,
        fields="health management quality",
        sectors="health farming public",
        seek="des infirmiers coordinateurs, des encadrants d’aide à domicile et des conducteurs d’engins forestiers",
        place="l’ancienne école normale",
        address="Ancienne école normale, 2 avenue des Tilleuls, 23000 Guéret",
        tenure="rented",
        learners=25,
    ),
    Entry(
        1,
        "commune-epci",
        "76259 200069821",
        "76259",
        "cnam_centre",
        0,
        "Fécamp, métiers de la mer et de l’éolien",
        "Créer un centre tourné vers la maintenance des parcs éoliens en mer et la logistique portuaire.\n\n"
        "Les équipes de maintenance embarquent chaque matin du port : elles se formeraient à terre, sur une nacelle "
        "d’entraînement, sans partir une semaine au loin.",
        "reserve",
        3,
        fields="industry logistics quality",
        sectors="energy logistics industry",
        seek="des techniciens de maintenance éolienne, des soudeurs et des agents de logistique portuaire",
        place="un ancien entrepôt du port",
        address="Entrepôt 7, quai de la Marne, 76400 Fécamp",
        tenure="lent",
        owner="Le gestionnaire du port de pêche",
        learners=35,
    ),
    Entry(
        1,
        "epci",
        "242500338",
        "25462",
        "third_place",
        0,
        "Pontarlier, un tiers-lieu frontalier",
        "Accueillir les salariés frontaliers dans un espace de travail partagé, avec des formations à la demande.",
        "reject",
        1,
        fields="trade management computing accounting tourism",
        sectors="trade industry",
        seek="des profils variés, du commerce à l’horlogerie",
        place="un lieu du centre-ville",
        address="Centre-ville de Pontarlier, lieu à préciser",
        tenure="unknown",
        learners=100,
    ),
    # Phase 2: under review
    Entry(
        2,
        "consortium",
        "200039022 243500741",
        "35360 35236",
        "skills_hub",
        1,
        "Vitré et Redon, compétences de l’Est breton",
        "Un hub commun à deux agglomérations industrielles, pour l’agroalimentaire, la cosmétique et la mécanique.\n\n"
        "Une même équipe, deux lieux, une seule offre : les entreprises envoient leurs salariés à Vitré ou à Redon "
        "selon le jour, et partagent les ateliers que chacune ne remplirait pas.",
        "review",
        4,
        fields="industry quality management",
        sectors="farming industry",
        seek="des conducteurs de ligne, des responsables de la qualité et des techniciens de maintenance",
        place="deux anciens sites de production",
        address="La Halle aux cuirs, 5 rue de Brest, 35500 Vitré\nLe Bateau-Lavoir, 11 quai Duguay, 35600 Redon",
        learners=90,
        beat="deposit_again",
    ),
    Entry(
        2,
        "commune-epci",
        "24037 200070647",
        "24037",
        "progressive",
        1,
        "Bergerac, chimie verte et santé",
        "Accompagner la reconversion de la poudrerie et les besoins de l’hôpital par des formations en alternance.\n\n"
        "Les salariés de la chimie ont un savoir-faire que peu de diplômes reconnaissent. L’antenne commencera par "
        "valider leur expérience, puis ouvrira des parcours de technicien de laboratoire et de cadre de santé.",
        "review",
        3,
        fields="materials health quality",
        sectors="industry health",
        seek="des opérateurs de chimie fine, des techniciens de laboratoire et des cadres de santé",
        place="l’ancien laboratoire de la poudrerie",
        address="Bâtiment 12, route de Mussidan, 24100 Bergerac",
        tenure="rented",
        learners=45,
    ),
    Entry(
        2,
        "epci",
        "200070712",
        "63430",
        "third_place",
        2,
        "Thiers, la coutellerie apprend",
        "Transformer une ancienne usine de la vallée des Rouets en lieu de formation aux métiers du métal.\n\n"
        "Couteliers, designers et écoles se partagent déjà le bâtiment. L’antenne y prépare la relève : la moitié "
        "des chefs d’atelier du bassin partiront à la retraite avant dix ans.",
        "review",
        3,
        fields="industry materials enterprise",
        sectors="industry trade",
        seek="des forgerons industriels, des régleurs et des polisseurs",
        place="une ancienne usine de la vallée des Rouets",
        address="Usine du Creux, vallée des Rouets, 63300 Thiers",
        learners=30,
    ),
    Entry(
        2,
        "epci",
        "249740085",
        "97412",
        "progressive",
        1,
        "Saint-Joseph, former dans le Sud sauvage",
        "Éviter aux habitants du sud de La Réunion deux heures de route pour se former au numérique et au tourisme.\n\n"
        "Les cours à distance supposent une connexion et un endroit calme que beaucoup n’ont pas chez eux. "
        "L’antenne offre les deux, avec un accompagnement en petits groupes, le soir et le samedi.",
        "review",
        4,
        fields="computing tourism enterprise",
        sectors="digital tourism",
        seek="des développeurs, des techniciens d’assistance et des responsables d’hébergement",
        place="la médiathèque du front de mer",
        address="Médiathèque, 24 rue du Front-de-Mer, 97480 Saint-Joseph",
        learners=60,
    ),
    Entry(
        2,
        "commune-epci",
        "50025 200069425",
        "50025",
        "third_place",
        1,
        "Avranches, au pied de la baie",
        "Former aux métiers de l’accueil et de la transition agricole dans l’ancien tribunal.\n\n"
        "Des millions de visiteurs traversent le territoire sans que ses habitants vivent du tourisme à l’année. "
        "Une double formation, accueil et conseil agricole, répond à cette saisonnalité.",
        "refuse",
        fields="tourism quality",
        sectors="tourism farming",
        seek="des réceptionnistes, des guides et des conseillers agricoles",
        place="l’ancien tribunal",
        address="Ancien tribunal, 1 place du Marché, 50300 Avranches",
        learners=30,
    ),
    Entry(
        2,
        "commune-epci",
        "71014 200070530",
        "71014",
        "progressive",
        1,
        "Autun, du textile au cuir",
        "Des parcours courts pour les ateliers du luxe et de la lingerie, montés avec les employeurs.\n\n"
        "Trois ateliers s’agrandissent et cherchent ensemble cinquante personnes. Elles apprendraient les gestes en "
        "quatre mois, dans un atelier école, puis prépareraient un diplôme tout en travaillant.",
        "supplements",
        fields="industry management quality",
        sectors="industry trade",
        seek="des piqueurs en maroquinerie, des modélistes et des chefs d’atelier",
        place="un atelier école",
        address="Centre-ville d’Autun, adresse à préciser",
        tenure="unknown",
        learners=30,
    ),
    # Phase 3: open
    Entry(
        3,
        "epci",
        "200042935",
        "01283",
        "cnam_centre",
        1,
        "Oyonnax, la Plastics Vallée se renouvelle",
        "Un centre dédié à la plasturgie, au recyclage et à l’automatisation, avec l’appui des industriels.\n\n"
        "Les entreprises du plastique vivent une double révolution : des matières recyclées et des presses pilotées "
        "à distance. Leurs salariés doivent pouvoir l’apprendre sans quitter la vallée.",
        "submit",
        fields="materials industry quality",
        sectors="industry energy",
        seek="des régleurs de presse, des automaticiens et des techniciens du recyclage",
        place="le pôle technique de la vallée",
        address="Pôle technique, 180 rue des Peigniers, 01100 Oyonnax",
        tenure="rented",
        learners=75,
        is_voted=False,
    ),
    Entry(
        3,
        "consortium",
        "61169 200035814 14762 200068799",
        "61169 14762",
        "skills_hub",
        2,
        "Flers et Vire, bocage industriel",
        "Deux villes voisines unissent leurs besoins en maintenance, en logistique et en encadrement d’équipe.\n\n"
        "À vingt-cinq minutes l’une de l’autre, elles ont chacune trop peu d’inscrits pour ouvrir seules une "
        "formation. Ensemble, elles remplissent trois groupes dès la première année.",
        "submit",
        fields="industry logistics management",
        sectors="industry logistics farming",
        seek="des agents de maintenance, des caristes et des chefs d’équipe",
        place="deux hôtels d’entreprises",
        address="Hôtel d’entreprises, 6 rue de la Blanchardière, 61100 Flers\nLa Filature, 2 rue du Val, 14500 Vire",
        learners=65,
        beat="share",
    ),
    Entry(
        3,
        "commune-epci",
        "89387 248900334",
        "89387",
        "third_place",
        1,
        "Sens, à une heure de Paris",
        "Un tiers-lieu dans le quartier de la gare, pour se former sans prendre le train.\n\n"
        "Chaque matin, des milliers de personnes quittent la ville. Celles qui voudraient y travailler n’y trouvent "
        "pas la formation qui leur permettrait de changer de métier.",
        "withdraw",
        fields="accounting computing trade",
        sectors="trade digital",
        seek="des gestionnaires de paie, des développeurs et des assistants commerciaux",
        place="l’ancienne halle aux marchandises",
        address="Halle aux marchandises, place de la Gare, 89100 Sens",
        tenure="lent",
        owner="L’établissement public foncier",
        learners=55,
    ),
    Entry(
        3,
        "epci",
        "200067437",
        "04070",
        "progressive",
        1,
        "Digne-les-Bains, métiers de la montagne",
        "Donner aux saisonniers de la montagne un second métier, reconnu par un diplôme, qui leur permette de "
        "travailler à l’année.\n\n"
        "L’antenne s’installe aux thermes, fermés l’hiver : les salles y sont libres quand les saisonniers le sont "
        "aussi, entre deux saisons.",
        "draft",
        fields="tourism health enterprise",
        sectors="tourism health",
        seek="des accompagnateurs, des gestionnaires d’hébergement et des agents de soins thermaux",
        place="les thermes",
        address="Les thermes, 29 avenue du Vallon, 04000 Digne-les-Bains",
        learners=30,
        is_voted=False,
    ),
    Entry(
        3,
        "consortium",
        "200067791",
        "09122",
        "third_place",
        1,
        "Foix, l’Ariège se forme",
        "",
        "start",
        beat="extend",
        fields="building trade",
        sectors="building trade",
        seek="des conducteurs de travaux et des comptables",
        place="l’ancienne manufacture",
        address="À préciser",
        tenure="unknown",
        is_voted=False,
    ),
]
