/* Saves some fields of a form as a whole: one request at a time, the last text wins, a copy on this device until then. */
import { announce, button, element, later, moment } from "../candidature/dom.js";
import { Copies, markOf } from "../candidature/local-copy.js";
import { csrfToken, post, sendLastWords } from "../candidature/server.js";
import { showErrors } from "./errors.js";

const PAUSE = 1200; // milliseconds without a key before saving
const COPY_PAUSE = 200; // before copying on this device
const PAUSES = [2, 5, 10, 30]; // seconds before trying again without a network; the last one again and again
const OUTCOMES = { 200: "confirmed", 401: "expired", 403: "closed", 404: "closed", 409: "disputed", 422: "refused" };

export class Draft {
    /* `owns` tells which fields these are, `known` which of them only say what the page had before it. */
    constructor(form, { slot, url, owns, known, line, noun, isTyped = false, isClosed = false, saved = () => {}, way }) {
        Object.assign(this, { form, slot, url, owns, known, line, noun, isClosed, whenSaved: saved });
        this.way = way ?? "« Enregistrer » montre les deux textes."; // out of a contradiction
        this.copies = new Copies(form.dataset.user, `comite/${form.dataset.reference}`);
        this.served = isTyped ? null : this.value; // what the server has; null when the page shows what it would not take
        this.refusedValue = null;
        this.isStopped = isTyped; // a person reads both texts, then presses the button
        this.attempts = 0;
        this.saveSoon = later(PAUSE, () => this.save());
        this.copySoon = later(COPY_PAUSE, () => this.copy());
        if (isTyped) this.say("Pas encore enregistré", "late");
        else this.offer();
        this.watch();
    }

    watch() {
        this.form.addEventListener("input", ({ target }) => this.owns(target.name) && this.touched());
        this.form.addEventListener("change", ({ target }) => this.owns(target.name) && this.saveSoon());
        this.form.addEventListener("focusout", ({ target }) => this.owns(target.name) && this.saveSoon.flush());
    }

    get entries() {
        return [...new FormData(this.form)].filter(([name]) => this.owns(name));
    }

    get value() {
        return JSON.stringify(this.entries.filter(([name]) => !this.known.includes(name)));
    }

    set value(text) {
        const typed = new Map(JSON.parse(text));
        for (const control of this.form.elements) {
            if (!this.owns(control.name) || this.known.includes(control.name)) continue;
            if (control.type === "radio") control.checked = (typed.get(control.name) ?? "") === control.value;
            else if (control.type === "checkbox") control.checked = typed.has(control.name);
            else control.value = typed.get(control.name) ?? "";
        }
    }

    get isDirty() {
        return this.value !== this.served;
    }

    get maySend() {
        return !this.isClosed && !this.isStopped && this.value !== this.refusedValue;
    }

    touched() {
        this.copySoon();
        if (this.maySend) this.say("Pas encore enregistré");
        this.saveSoon();
    }

    say(words, tone = "", link = "") {
        this.line.replaceChildren(words, " ", link);
        this.line.className = `desk-state${tone && ` is-${tone}`}`;
    }

    copy() {
        this.copySoon.cancel();
        const { value, slot } = this;
        if (value === this.served) this.copies.drop(slot, value);
        else this.copies.keep(slot, { value });
    }

    /* Resolves when what was on its way has its answer. */
    save() {
        this.saveSoon.cancel();
        if (this.request) this.isAgain = true;
        else if (!this.isDirty) this.copy();
        else if (this.maySend) this.request = this.send(this.value);
        return this.request;
    }

    /* Asked by a button: always answered. */
    saveNow() {
        if (this.isDirty || this.request) this.save();
        else this.say("Rien de nouveau à enregistrer", "saved");
    }

    /* Before the form leaves as a whole: nothing of this draft may be on its way. */
    async settle() {
        this.saveSoon.cancel();
        this.isAgain = false;
        await this.request;
    }

    retry() {
        if (this.isLost) this.save();
    }

    async send(value) {
        clearTimeout(this.timer);
        this.copy();
        if (!this.isLost) this.say("Enregistrement…");
        const { status, data } = await post(this.url, this.body(), csrfToken(this.form));
        this.request = null;
        this[OUTCOMES[status] ?? "unreachable"](value, data ?? {});
        if (!this.isAgain) return;
        this.isAgain = false;
        await this.save();
    }

    body() {
        const body = new FormData();
        this.entries.forEach(([name, text]) => body.append(name, text));
        return body;
    }

    lastWords() {
        if (!this.isDirty || !this.maySend || this.request) return;
        this.copy();
        sendLastWords(this.url, this.body(), csrfToken(this.form));
    }

    // What the server answered

    confirmed(value, answer) {
        this.served = value;
        this.refusedValue = null;
        this.isLost = false;
        this.attempts = 0;
        this.known.filter((name) => name in answer).forEach((name) => (this.form.elements[name].value = answer[name]));
        showErrors(this.form, {});
        this.copy();
        if (this.isDirty) this.say("Pas encore enregistré"); // what was typed while this was on its way comes next
        else this.say(`Enregistré à ${answer.saved_at}`, "saved");
        if (!this.wasHeard) announce(`${this.noun} : enregistré.`); // once, not at every pause
        this.wasHeard = true;
        this.whenSaved(answer);
    }

    refused(value, { errors }) {
        this.refusedValue = value;
        const others = showErrors(this.form, errors);
        this.say(["Pas enregistré.", ...others].join(" "), "late");
        announce(`${this.noun} : pas enregistré. ${Object.values(errors).flat().join(" ")}`);
    }

    disputed(value, { message }) {
        this.stop(`${message} Rien n’est perdu : ${this.way}`);
    }

    closed(value, { message }) {
        this.isClosed = true;
        this.stop(`${message ?? "Ce dossier ne vous est plus ouvert."} Votre texte est gardé sur cet appareil.`);
    }

    stop(words) {
        this.isStopped = true;
        this.say(words, "late");
        announce(words);
    }

    expired() {
        const [path] = location.href.split("#");
        const link = element("a", { href: path, target: "_blank" }, "Se reconnecter dans un autre onglet");
        if (!this.isLost) announce("Votre session a expiré. Votre texte est gardé sur cet appareil.");
        this.isLost = true;
        this.say("Votre session a expiré. Votre texte est gardé sur cet appareil.", "late", link);
    }

    unreachable() {
        const words = "Pas de connexion : votre texte est gardé sur cet appareil, nouvel essai automatique.";
        if (!this.isLost) announce(words);
        this.isLost = true;
        this.say(words, "late");
        this.timer = setTimeout(() => this.retry(), PAUSES[Math.min(this.attempts, PAUSES.length - 1)] * 1000);
        this.attempts += 1;
    }

    // What was left on this device

    offer() {
        const [copy, ...older] = this.copies.of(this.slot).filter((each) => this.differs(each));
        older.forEach((each) => this.copies.forget(each.key));
        if (!copy) return;
        const words = `Un texte tapé le ${moment(copy.at)} sur cet appareil n’a pas été enregistré.`;
        const before = this.value;
        const take = button("Le reprendre", () => this.take(notice, copy, before), "button");
        const erase = button("L’effacer", () => this.erase(notice, copy), "button");
        const actions = element("div", { class: "verbs" }, take, erase);
        const notice = element("div", { class: "desk-offer", role: "group", "aria-label": this.noun });
        notice.append(element("p", {}, `${this.noun} : ${words[0].toLowerCase()}${words.slice(1)}`), actions);
        this.form.prepend(notice);
        announce(words);
    }

    /* A copy that says just what the server has is of no use any more. */
    differs(copy) {
        const isSame = markOf(copy.value) === markOf(this.value);
        if (isSame) this.copies.forget(copy.key);
        return !isSame;
    }

    take(notice, copy, before) {
        this.copies.adopt(this.slot, copy);
        this.value = copy.value;
        const undo = button("Revenir au texte d’avant", () => this.undo(notice, before), "button");
        notice.replaceChildren(element("p", {}, `${this.noun} : texte repris.`), undo);
        undo.focus();
        this.save();
    }

    undo(notice, before) {
        this.value = before;
        notice.remove();
        this.line.scrollIntoView({ block: "nearest" });
        this.save();
    }

    erase(notice, copy) {
        this.copies.forget(copy.key);
        notice.remove();
    }
}
