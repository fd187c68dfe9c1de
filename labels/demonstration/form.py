"""The form of the demonstration call: what a call of the Cnam asks, section by section, then its writing as rows."""

from applications.models import Question, Section

from .choices import EXPENSES, FIELDS, LEVELS, MODES, RESOURCES, ROLES, SECTORS, TENURES, listed

Kind, Core, Prefill = Question.Kind, Question.Core, Question.Prefill


def ask(code, kind, label, help="", **more) -> dict:
    """A question as the columns of its row. `only_if=(code, answer)` names an earlier one that makes it be asked.

    Codes are those of the answers in deposits and exports: once published, they stay.
    """
    return {"code": code, "kind": kind, "label": label, "help": help, **more}


CARRIERS = [
    ask(
        "representative_name",
        Kind.SHORT_TEXT,
        "Représentant légal : prénom et nom",
        "La personne qui signera la convention avec le Cnam.",
        per_carrier=True,
        is_personal=True,
    ),
    ask(
        "representative_role",
        Kind.CHOICE,
        "Fonction du représentant légal",
        per_carrier=True,
        options=listed(ROLES),
    ),
    ask(
        "representative_email",
        Kind.SHORT_TEXT,
        "Courriel du représentant légal",
        "Pour la convention et les courriers officiels. Il n’est ni publié ni montré au comité.",
        per_carrier=True,
        is_personal=True,
    ),
    ask(
        "commitment",
        Kind.LONG_TEXT,
        "Ce que ce porteur apporte au projet",
        "Locaux, financement, personnel mis à disposition, animation du réseau des employeurs…",
        per_carrier=True,
        max_words=150,
    ),
]
CONTACTS = [
    ask("contact_name", Kind.SHORT_TEXT, "Prénom et nom", is_personal=True),
    ask("contact_role", Kind.SHORT_TEXT, "Fonction et service", is_personal=True),
    ask("contact_email", Kind.SHORT_TEXT, "Courriel", is_personal=True),
    ask("contact_phone", Kind.SHORT_TEXT, "Téléphone", "De préférence une ligne directe.", is_personal=True),
]
PROJECT = [
    ask("title", Kind.SHORT_TEXT, "Intitulé du projet", "En quelques mots, pour le reconnaître.", core=Core.TITLE),
    ask(
        "summary",
        Kind.LONG_TEXT,
        "Résumé du projet",
        "Ce que vous voulez faire, pour qui et pourquoi. Ce résumé sera publié si la candidature est labellisée.",
        core=Core.SUMMARY,
        max_words=300,
    ),
    ask(
        "concept",
        Kind.CONCEPT,
        "Concept d’antenne",
        "Le plus proche de votre projet : il peut évoluer avec le Cnam jusqu’à la convention.",
        core=Core.CONCEPT,
    ),
    ask("concept_reason", Kind.LONG_TEXT, "Pourquoi ce concept d’antenne ?", max_words=200),
    ask(
        "target_year",
        Kind.SCHOOL_YEAR,
        "Année d’ouverture visée",
        "L’année scolaire de la première rentrée.",
        core=Core.TARGET_YEAR,
    ),
]
TERRITORY = [
    ask(
        "population",
        Kind.INTEGER,
        "Population du territoire",
        "Celle des intercommunalités et communes qui portent le projet, chacune comptée une fois.",
        prefill=Prefill.POPULATION,
    ),
    ask("departments", Kind.SHORT_TEXT, "Départements", prefill=Prefill.DEPARTMENTS),
    ask(
        "programmes",
        Kind.LONG_TEXT,
        "Programmes nationaux dont le territoire fait partie",
        "Un territoire hors de ces programmes peut aussi candidater : laissez alors ce champ vide.",
        prefill=Prefill.PROGRAMMES,
        is_required=False,
        max_words=300,
    ),
    ask(
        "sectors",
        Kind.CHOICES,
        "Secteurs où les employeurs peinent à recruter",
        "Ceux auxquels l’antenne répondra d’abord.",
        options=listed(SECTORS),
    ),
    ask(
        "needs",
        Kind.LONG_TEXT,
        "Les besoins de compétences du territoire",
        "Des chiffres, avec leur source et leur date : recrutements prévus, départs à la retraite, enquêtes auprès "
        "des employeurs, demandes des habitants.",
        max_words=500,
    ),
    ask(
        "existing_training",
        Kind.LONG_TEXT,
        "Les formations qui existent déjà à moins de 45 minutes",
        "Dites aussi ce qui manque : des niveaux, des horaires, des transports…",
        max_words=250,
    ),
]
TRAINING = [
    ask(
        "fields",
        Kind.CHOICES,
        "Domaines de formation souhaités",
        "Parmi ceux du Cnam. Deux ou trois suffisent pour commencer.",
        options=listed(FIELDS),
    ),
    ask("levels", Kind.CHOICES, "Niveaux visés", options=listed(LEVELS)),
    ask("modes", Kind.CHOICES, "Manières de se former", options=listed(MODES)),
    ask("apprenticeship", Kind.YES_NO, "Des parcours en apprentissage sont-ils prévus ?"),
    ask(
        "apprentices",
        Kind.INTEGER,
        "Apprentis attendus la troisième année",
        only_if=("apprenticeship", "oui"),
    ),
    ask(
        "learners_year_1",
        Kind.INTEGER,
        "Personnes formées la première année",
        "Une estimation prudente : chaque personne compte une fois, quelle que soit la durée de sa formation.",
    ),
    ask("learners_year_2", Kind.INTEGER, "Personnes formées la deuxième année"),
    ask("learners_year_3", Kind.INTEGER, "Personnes formées la troisième année"),
    ask(
        "offer",
        Kind.LONG_TEXT,
        "L’offre envisagée et sa progression",
        "Les premières formations, celles qui suivront, et la façon dont les personnes seront accueillies et suivies.",
        max_words=500,
    ),
]
PREMISES = [
    ask(
        "address",
        Kind.LONG_TEXT,
        "Adresse du lieu d’accueil",
        "Une ligne par lieu, si le projet en a plusieurs.",
        max_words=80,
    ),
    ask("surface", Kind.INTEGER, "Surface réservée à l’antenne, en mètres carrés", "Salles partagées comprises."),
    ask("available_on", Kind.DATE, "Date à laquelle le lieu sera disponible"),
    ask("tenure", Kind.CHOICE, "À qui est le lieu ?", options=listed(TENURES)),
    ask("owner", Kind.SHORT_TEXT, "Organisme qui prête le lieu", only_if=("tenure", TENURES["lent"])),
    ask("accessible", Kind.YES_NO, "Le lieu est-il accessible aux personnes handicapées ?"),
    ask("works", Kind.YES_NO, "Des travaux sont-ils nécessaires ?"),
    ask(
        "works_description",
        Kind.LONG_TEXT,
        "Travaux prévus",
        "Leur nature, leur coût, qui les conduit, et la date à laquelle ils seront finis.",
        only_if=("works", "oui"),
        max_words=150,
    ),
]
PARTNERS = [
    ask(
        "employers_role",
        Kind.LONG_TEXT,
        "Comment les employeurs prennent part au projet",
        "Définition des formations, intervenants, apprentis accueillis, financement…",
        max_words=300,
    ),
]
FINANCING = [
    ask(
        "budget",
        Kind.TABLE,
        "Budget des trois premières années",
        "En euros, apports en nature compris. Chaque année, les ressources égalent les dépenses.",
        options=listed(EXPENSES),
        resources=listed(RESOURCES),
        years=3,
    ),
    ask("carriers_share", Kind.AMOUNT, "Apport total des porteurs sur trois ans"),
    ask(
        "budget_notes",
        Kind.LONG_TEXT,
        "Explication du budget",
        "Ce qui est voté, ce qui est demandé à d’autres, et ce qui se passe après la troisième année.",
        max_words=300,
    ),
]
CALENDAR = [
    ask("agreement_on", Kind.DATE, "Signature de la convention souhaitée"),
    ask("first_training_on", Kind.DATE, "Début de la première formation"),
    ask(
        "steps",
        Kind.LONG_TEXT,
        "Étapes d’ici à l’ouverture",
        "Travaux, recrutements, information du public, inscriptions.",
        max_words=250,
    ),
]
GOVERNANCE = [
    ask(
        "governance",
        Kind.LONG_TEXT,
        "Qui décide et qui anime",
        "Les instances, leur composition, leur rythme ; la personne qui tiendra l’antenne au quotidien.",
        max_words=300,
    ),
    ask(
        "follow_up",
        Kind.LONG_TEXT,
        "Comment les résultats seront suivis",
        "Les quelques chiffres que vous relèverez chaque année.",
        is_required=False,
        max_words=150,
    ),
]
PIECES = [
    ask(
        "commitment_letter",
        Kind.FILE,
        "Lettre d’engagement",
        "Signée par le représentant légal de ce porteur.",
        per_carrier=True,
    ),
    ask("is_voted", Kind.YES_NO, "La délibération est-elle déjà votée ?"),
    ask(
        "deliberation",
        Kind.FILE,
        "Délibération",
        "Celle de chaque porteur, avec le cachet de la préfecture.",
        only_if=("is_voted", "oui"),
        max_files=10,
    ),
    ask("vote_on", Kind.DATE, "Date prévue du vote", only_if=("is_voted", "non")),
    ask(
        "vote_commitment",
        Kind.FILE,
        "Engagement à délibérer",
        "Une lettre du représentant légal du chef de file, qui annonce la date du vote.",
        only_if=("is_voted", "non"),
    ),
    ask(
        "support_letters",
        Kind.FILE,
        "Lettres de soutien",
        "Employeurs, chambres, université, services de l’État.",
        is_required=False,
        max_files=10,
    ),
    ask(
        "premises_plan",
        Kind.FILE,
        "Plan ou photos des locaux",
        is_required=False,
        max_files=3,
    ),
    ask(
        "budget_sheet",
        Kind.FILE,
        "Budget détaillé",
        "Votre propre tableau, s’il en dit plus que celui de la rubrique Financement.",
        is_required=False,
        file_kinds="sheet",
    ),
]

SECTIONS = [  # code, title, kind, what is expected, questions
    (
        "porteurs",
        "Porteurs",
        Section.Kind.CARRIERS,
        "Les collectivités qui portent ensemble la candidature. Le chef de file signera la convention avec le Cnam.",
        CARRIERS,
    ),
    (
        "contacts",
        "Personne à joindre",
        Section.Kind.QUESTIONS,
        "Qui répond à l’équipe du programme pendant l’examen. Le comité ne lit pas ces coordonnées.",
        CONTACTS,
    ),
    ("projet", "Projet", Section.Kind.QUESTIONS, "L’essentiel, que chacun lira d’abord.", PROJECT),
    (
        "territoire",
        "Territoire et besoins",
        Section.Kind.QUESTIONS,
        "Le comité veut comprendre pourquoi ce territoire a besoin d’une antenne.",
        TERRITORY,
    ),
    (
        "formation",
        "Offre de formation",
        Section.Kind.QUESTIONS,
        "Une intention : l’offre sera mise au point avec le Cnam après la labellisation.",
        TRAINING,
    ),
    (
        "sites",
        "Sites et locaux",
        Section.Kind.SITES,
        "La ou les communes de l’antenne, puis le lieu où elle accueillera le public.",
        PREMISES,
    ),
    (
        "partenaires",
        "Partenaires",
        Section.Kind.PARTNERS,
        "Ceux qui soutiennent le projet sans le porter. Joignez leurs lettres dans la rubrique Pièces.",
        PARTNERS,
    ),
    (
        "financement",
        "Financement",
        Section.Kind.QUESTIONS,
        "Un budget équilibré sur trois ans, avec la part de chacun.",
        FINANCING,
    ),
    ("calendrier", "Calendrier", Section.Kind.QUESTIONS, "", CALENDAR),
    ("gouvernance", "Gouvernance", Section.Kind.QUESTIONS, "", GOVERNANCE),
    ("pieces", "Pièces", Section.Kind.QUESTIONS, "Des documents signés, lisibles et complets.", PIECES),
]


def create_form(call) -> None:
    """Write the sections and questions of `call`, which has none yet."""
    asked = {}
    for position, (code, title, kind, help_text, questions) in enumerate(SECTIONS, start=1):
        section = call.sections.create(position=position, code=code, title=title, kind=kind, help=help_text)
        for place, columns in enumerate(questions, start=1):
            asked[columns["code"]] = section.questions.create(position=place, **with_condition(columns, asked))


def with_condition(columns: dict, asked: dict[str, Question]) -> dict:
    """The columns of a row, its condition pointing at one of the questions already `asked`."""
    code, value = columns.get("only_if", (None, ""))
    columns = {name: column for name, column in columns.items() if name != "only_if"}
    return columns | {"condition": asked[code] if code else None, "condition_value": value}
