/* Saves one slot: one request at a time, the last text wins, and nothing leaves that the server already has. */
import { Conflict } from "./conflict.js";
import { announce, later } from "./dom.js";
import { markOf } from "./local-copy.js";
import { csrfToken, post, sendLastWords } from "./server.js";

const PAUSE = 1200; // milliseconds without a key before saving
const COPY_PAUSE = 200; // before copying on this device
const TOO_LONG = "Cette réponse n’a pas pu être enregistrée telle quelle : elle est sans doute trop longue.";
const OUTCOMES = {
    200: "confirmed",
    400: "refused",
    401: "expired",
    403: "closed",
    404: "closed",
    409: "disputed",
    413: "refused",
    422: "refused",
};

export class Saver {
    constructor(slot, page) {
        this.slot = slot;
        this.page = page;
        this.saved = slot.served; // what the server has; null when the page does not say
        this.refusedValue = null; // what it would not take
        this.request = null; // { value, done } on its way
        this.unanswered = new Set(); // marks of what left without an answer: the server may have it
        this.conflict = null;
        this.offers = []; // texts found on this device: { mark, close }
        this.overrides = slot.node.querySelector("[name^=overrides-]") !== null; // chosen over another text
        this.isClosed = false;
        this.saveSoon = later(PAUSE, () => this.save());
        this.copySoon = later(COPY_PAUSE, () => this.copy());
        slot.node.addEventListener("input", () => this.touched());
        slot.node.addEventListener("change", ({ target }) => target.type !== "date" && this.save());
        slot.node.addEventListener("focusout", ({ target }) => slot.controls.includes(target) && this.save());
    }

    get isDirty() {
        return this.slot.value !== this.saved;
    }

    get maySend() {
        return !this.isClosed && !this.conflict && !this.slot.isIncomplete && this.slot.value !== this.refusedValue;
    }

    touched() {
        if (this.isClosed) return;
        this.slot.dropNul();
        this.copySoon();
        this.saveSoon();
        if (["", "done"].includes(this.slot.tone)) this.slot.say("Pas encore enregistré");
    }

    /* Copy on this device what the server does not have yet. */
    copy() {
        this.copySoon.cancel();
        const { id, value, version } = this.slot;
        if (value === this.saved) this.page.copies.drop(id, value);
        else this.page.copies.keep(id, { value, version, sent: [...this.unanswered], overrides: this.overrides });
    }

    /* Resolves when nothing is on its way any more, saved or not. */
    save() {
        this.saveSoon.cancel();
        if (this.request) {
            this.again = true;
        } else if (!this.isDirty) {
            this.nothingToSave();
        } else if (this.page.session.isExpired) {
            this.page.session.tell(this.slot);
        } else if (this.maySend) {
            const value = this.slot.value;
            this.request = { value };
            this.request.done = this.send(value);
        }
        return this.request?.done;
    }

    nothingToSave() {
        if (this.conflict || this.isClosed) return;
        this.copy();
        this.slot.clearErrors();
        this.slot.calm();
    }

    async send(value) {
        const mark = markOf(value);
        this.unanswered.add(mark);
        this.copy();
        if (!this.page.isCutOff) this.slot.say("Enregistrement…", "busy");
        const { status, data } = await post(this.slot.saveUrl, this.body(), csrfToken(this.page.form));
        if (status) this.unanswered.delete(mark);
        this.request = null;
        this[OUTCOMES[status] ?? "unreachable"](value, data);
        if (!this.again) return;
        this.again = false;
        await this.save();
    }

    body() {
        const body = this.slot.body();
        if (this.overrides) body.append(`overrides-${this.slot.id}`, "1");
        if (this.page.countdown?.isOld) body.append("time", "1");
        return body;
    }

    /* What this page could not save goes with it; a request on its way with an older text would make it a conflict. */
    lastWords() {
        this.copySoon.flush();
        if (!this.isDirty || !this.maySend || this.page.session.isExpired || this.request) return;
        const { value } = this.slot;
        this.unanswered.add(markOf(value));
        this.copy();
        sendLastWords(this.slot.saveUrl, this.body(), csrfToken(this.page.form));
    }

    /* Put back a text that was kept on this device, and save it. An older one meets what was saved meanwhile. */
    resume(copy, isStale) {
        this.page.copies.adopt(this.slot.id, copy);
        this.unanswered = new Set(copy.sent);
        this.overrides = copy.overrides;
        if (isStale) this.slot.version = copy.version;
        this.slot.value = copy.value;
        return this.save();
    }

    /* What another tab saved, or what the person preferred to their own text. */
    take(value, version, words) {
        this.slot.version = version;
        this.saved = value;
        this.slot.value = value;
        this.copy();
        this.slot.settle(words);
    }

    // What the server answered

    confirmed(value, answer) {
        this.saved = value;
        this.refusedValue = null;
        this.overrides = false;
        this.unanswered.clear();
        this.slot.version = answer.version;
        this.slot.clearErrors();
        this.slot.clearStanding();
        this.copy();
        this.slot.settle(`Enregistré à ${answer.saved_at}`);
        this.slot.warn(answer.problem);
        if (!this.wasHeard) announce(`${this.slot.label} : enregistré.`); // once, not at every pause
        this.wasHeard = true;
        this.page.confirmed(this, value, answer);
    }

    refused(value, answer) {
        this.refusedValue = value;
        this.slot.showErrors(answer?.errors ?? [TOO_LONG]);
        this.slot.say("Pas enregistré", "error");
    }

    expired() {
        this.page.session.expired(this.slot);
    }

    unreachable() {
        this.page.connection.lost(this.slot);
    }

    closed(value, answer) {
        const message = answer?.message ?? "Cette réponse ne peut plus être modifiée.";
        this.isClosed = true;
        this.slot.close();
        this.slot.say(message, "error");
        this.page.alerts.show("closed", message, { isUrgent: true });
    }

    disputed(value, answer) {
        const theirs = this.slot.valueOf(answer.theirs.raw);
        this.saved = theirs;
        if (theirs !== null && this.unanswered.has(markOf(theirs))) {
            this.slot.version = answer.version; // our own text, whose answer was lost: nobody to argue with
            this.again = true;
            return;
        }
        this.overrides = false;
        this.conflict = new Conflict(this, value, answer);
        this.slot.say("Pas enregistré : à vous de choisir.", "error");
    }

    // What the person chose; both texts stay on the server

    keepMine(version) {
        this.closeConflict();
        this.slot.version = version;
        this.overrides = true;
        return this.save();
    }

    /* False when what was typed since the conflict could not be set aside. */
    async keepTheirs(disputed, answer) {
        if (this.slot.value !== disputed) {
            const { status } = await post(this.slot.saveUrl, this.slot.body(), csrfToken(this.page.form));
            if (status !== 409) return false;
        }
        this.closeConflict();
        if (this.saved === null) return this.page.reload();
        this.take(this.saved, answer.version, `Réponse de ${answer.theirs.by}, enregistrée à ${answer.theirs.at}`);
        return true;
    }

    closeConflict() {
        this.conflict.close();
        this.conflict = null;
    }
}
