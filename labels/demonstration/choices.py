"""The answers that the form of the demonstration proposes, under the short keys by which its candidatures name them."""

FIELDS = {
    "accounting": "Comptabilité, contrôle de gestion, finance",
    "management": "Management, ressources humaines, travail",
    "computing": "Informatique, données, cybersécurité",
    "industry": "Industrie : mécanique, maintenance, automatismes",
    "materials": "Matériaux, chimie, plasturgie",
    "building": "Bâtiment, énergie, rénovation",
    "health": "Santé, action sociale, aide à la personne",
    "trade": "Commerce, marketing, vente en ligne",
    "logistics": "Transport et logistique",
    "tourism": "Tourisme, accueil, culture",
    "quality": "Qualité, sécurité, environnement",
    "enterprise": "Création et reprise d’entreprise",
}
LEVELS = {
    "short": "Parcours courts et certificats",
    "4": "Baccalauréat (niveau 4)",
    "5": "Bac + 2 (niveau 5)",
    "6": "Bac + 3, licence (niveau 6)",
    "7": "Bac + 5, master ou titre d’ingénieur (niveau 7)",
}
MODES = {
    "here": "Sur place, dans la journée",
    "evening": "Sur place, le soir et le samedi",
    "mixed": "En alternant séances à distance et temps sur place",
    "distance": "À distance, avec un accueil sur place",
}
SECTORS = {
    "industry": "Industrie",
    "building": "Bâtiment et travaux publics",
    "health": "Santé et aide à la personne",
    "digital": "Numérique",
    "logistics": "Transport et logistique",
    "trade": "Commerce et services",
    "tourism": "Tourisme, hôtellerie et restauration",
    "farming": "Agriculture, forêt et agroalimentaire",
    "energy": "Énergie et environnement",
    "public": "Administrations publiques",
}
TENURES = {
    "owned": "Il appartient à l’un des porteurs",
    "rented": "Il est loué par l’un des porteurs",
    "lent": "Il est prêté par un autre organisme",
    "unknown": "Ce n’est pas encore arrêté",
}
ROLES = {
    "mayor": "Maire",
    "president": "Président ou présidente",
    "delegate": "Élu ou élue ayant reçu délégation",
    "director": "Directeur ou directrice",
}
EXPENSES = {
    "rent": "Loyers et charges",
    "works": "Travaux et équipement",
    "staff": "Accueil et animation",
    "teaching": "Enseignement et accompagnement",
    "promotion": "Communication",
}
RESOURCES = {
    "carriers": "Porteurs",
    "region": "Région",
    "state": "État",
    "employers": "Entreprises et opérateurs de compétences",
    "fees": "Inscriptions",
}


def listed(choices: dict[str, str]) -> str:
    """The proposed answers as a question holds them, one on each line."""
    return "\n".join(choices.values())


def chosen(choices: dict[str, str], keys: str) -> list[str]:
    """The answers named by `keys`, separated by spaces, in the order of the form."""
    return [label for key, label in choices.items() if key in keys.split()]
