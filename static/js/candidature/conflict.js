/* Two people answered at once: both texts, and the choice between them. Nothing is chosen for anybody. */
import { differences } from "./diff.js";
import { button, element, later, passage } from "./dom.js";
import { readable, whenChanged } from "./slot.js";

const PAUSE = 150; // milliseconds
const TEXT = {
    title: "Deux textes pour cette question",
    mine: "Votre texte",
    theirs: "L’autre texte",
    keepMine: "Garder mon texte",
    keepTheirs: "Garder l’autre texte",
    kept: "Vous pouvez encore modifier le vôtre avant de choisir. "
        + "Les deux restent lisibles dans « Textes mis de côté ».",
};
const CHOICE = {
    title: "Deux réponses à cette question",
    mine: "Votre réponse",
    theirs: "L’autre réponse",
    keepMine: "Garder ma réponse",
    keepTheirs: "Garder l’autre réponse",
    kept: "Vous pouvez encore modifier la vôtre avant de choisir. "
        + "Les deux restent lisibles dans « Textes mis de côté ».",
};
const NOT_NOW = "Le choix n’a pas pu être enregistré : vérifiez la connexion, puis recommencez.";

export class Conflict {
    constructor(saver, disputed, answer) {
        this.saver = saver;
        this.disputed = disputed;
        this.answer = answer;
        this.words = saver.slot.isText ? TEXT : CHOICE;
        this.mine = passage("conflict-text", this.words.mine);
        this.theirs = passage("conflict-text", this.words.theirs);
        this.failure = element("p", { class: "conflict-failure", role: "alert" });
        this.panel = this.build();
        saver.slot.stateLine.after(this.panel);
        this.stopComparing = whenChanged(saver.slot.node, later(PAUSE, () => this.compare()));
        this.compare();
        this.announceOnce();
    }

    build() {
        const { slot } = this.saver;
        const { words } = this;
        const title = element("p", { class: "conflict-title", id: `${slot.id}-conflict` }, words.title);
        const { by, at } = this.answer.theirs;
        this.warning = element("p", { role: "alert" });
        return element(
            "div",
            { class: "conflict", role: "group", "aria-labelledby": title.id },
            title,
            this.warning,
            element(
                "div",
                { class: "conflict-texts" },
                column(words.mine, "pas enregistré", this.mine),
                column(words.theirs, `${by}, à ${at}`, this.theirs),
            ),
            element("p", {}, words.kept),
            element(
                "div",
                { class: "actions" },
                button(words.keepMine, () => this.keepMine(), "btn"),
                button(words.keepTheirs, () => this.keepTheirs(), "btn btn-secondary"),
            ),
            this.failure,
        );
    }

    announceOnce() {
        const { slot, page } = this.saver;
        const { by, at } = this.answer.theirs;
        // Written after the panel is in the page: a live region speaks of what changes in it.
        this.warning.textContent = `${by} a enregistré une autre réponse à ${at}. Rien n’est écrasé.`;
        page.alerts.point(this.alert, "Deux réponses à une question, à vous de choisir :", slot);
    }

    get alert() {
        return `conflict-${this.saver.slot.id}`;
    }

    /* Show both, marking where they differ. */
    compare() {
        const { slot } = this.saver;
        const mine = readable(slot, slot.value);
        const theirs = this.saver.saved === null ? this.answer.theirs.text : readable(slot, this.saver.saved);
        const [first, second] = differences(mine, theirs);
        this.mine.replaceChildren(...marked(first));
        this.theirs.replaceChildren(...marked(second));
    }

    async keepMine() {
        this.saver.keepMine(this.answer.version);
        this.saver.slot.focus();
    }

    async keepTheirs() {
        const isDone = await this.saver.keepTheirs(this.disputed, this.answer);
        if (isDone) this.saver.slot.focus();
        else this.failure.textContent = NOT_NOW;
    }

    close() {
        this.panel.remove();
        this.stopComparing();
        this.saver.page.alerts.clear(this.alert);
    }
}

function column(title, author, text) {
    const head = element("p", { class: "conflict-head" }, element("strong", {}, title), ` (${author})`);
    return element("div", { class: "conflict-side" }, head, text);
}

function marked(pieces) {
    if (!pieces.length) return [element("em", {}, "Aucun texte")];
    return pieces.map(([text, isDifferent]) => (isDifferent ? element("mark", {}, text) : text));
}
