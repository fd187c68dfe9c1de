"""Writing what an author says into a candidature: in bulk, at the times when its members would have written it."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from applications.models import Answer, Partner, Question
from applications.receiving import receive

from .answers import Author
from .papers import Paper, papers_of

BEGUN = {  # the answers of a file that somebody has just started
    "representative_name",
    "representative_role",
    "contact_name",
    "contact_email",
    "title",
    "concept",
}
PROMISED = ("commitment_letter", "deliberation", "vote_commitment")  # the papers that a draft still waits for


class Filler:
    """The form of a call, and what writes into its candidatures."""

    def __init__(self, call):
        questions = Question.objects.filter(section__call=call).select_related("section")
        self.questions = {question.code: question for question in questions}
        self.sections = len({question.section_id for question in questions})

    def write(self, author: Author, writers: list) -> None:
        """Answers and partners, as far as the entry went; `writers` take turns, a section each, until now."""
        is_begun = author.entry.fate == "start"
        Answer.objects.bulk_create(
            self.answer(author, code, carrier, value, writers)
            for code, carrier, value in author.everything()
            if not is_begun or code in BEGUN
        )
        if not is_begun:
            Partner.objects.bulk_create(Partner(candidature=author.candidature, **row) for row in author.partners())

    def answer(self, author, code, carrier, value, writers) -> Answer:
        question, begun = self.questions[code], author.candidature.created_at
        position = question.section.position
        return Answer(
            candidature=author.candidature,
            question=question,
            carrier=carrier,
            value=value,
            updated_at=begun + (timezone.now() - begun) * (position / self.sections),
            updated_by=writers[position % len(writers)],
        )

    def join(self, author: Author, by) -> None:
        """The papers of the entry. A draft joins what nobody has to sign."""
        if author.entry.fate != "start":
            for paper in papers_of(author):
                if author.entry.is_deposited or paper.question not in PROMISED:
                    self.receive(author.candidature, paper, by)

    def receive(self, candidature, paper: Paper, by):
        upload = SimpleUploadedFile(paper.name, paper.content)
        return receive(candidature, self.questions[paper.question], paper.carrier, upload, by)
