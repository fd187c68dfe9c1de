/* The page of a section of a candidature: saves as one types, keeps a copy on this device, sends files as chosen.
   Without it the form is sent as a whole by its button, and the server says the same. */
import { Alerts } from "./alerts.js";
import { showTotals } from "./amounts.js";
import { watchConditions } from "./conditions.js";
import { Connection } from "./connection.js";
import { Countdown } from "./countdown.js";
import { nextTask } from "./dom.js";
import { Copies } from "./local-copy.js";
import { recover } from "./recovery.js";
import { Saver } from "./saver.js";
import { csrfToken } from "./server.js";
import { Session, takeMark } from "./session.js";
import { Slot } from "./slot.js";
import { Tabs } from "./tabs.js";
import { Uploads, refuseStrayDrops } from "./upload.js";
import { countWords } from "./word-count.js";

const LINK_PATIENCE = 3000; // milliseconds that a link waits for what is being saved

class Page {
    constructor(form) {
        const { user, reference } = form.dataset;
        const slots = [...form.querySelectorAll("[data-slot]")].map((node) => new Slot(node));
        const countdown = document.querySelector("[data-countdown]");
        this.form = form;
        this.isLeaving = false;
        this.isClosing = false;
        this.alerts = new Alerts(form);
        this.copies = new Copies(user, reference);
        this.connection = new Connection(this);
        this.session = new Session(this);
        this.countdown = countdown && new Countdown(countdown);
        this.tabs = new Tabs(this, user, reference);
        this.savers = slots.filter((slot) => slot.saveUrl).map((slot) => new Saver(slot, this));
        this.uploads = slots.filter((slot) => slot.uploadUrl).map((slot) => new Uploads(slot, this));
        watchConditions(slots);
        slots.forEach(showTotals);
        slots.forEach(countWords);
        refuseStrayDrops();
        this.watchLeaving();
    }

    saver(id) {
        return this.savers.find((saver) => saver.slot.id === id);
    }

    get dirty() {
        return this.savers.filter((saver) => saver.isDirty);
    }

    get isSafeToLeave() {
        return this.dirty.length === 0 && !this.uploads.some((upload) => upload.isBusy);
    }

    /* Whether the last answer was that nothing can be saved for now: each attempt does not say it again. */
    get isCutOff() {
        return this.connection.isLost || this.session.isTold;
    }

    /* Whether what is typed in a slot stands on this device. */
    keeps(slot) {
        return this.copies.holds(slot.id);
    }

    copyAll() {
        this.dirty.forEach((saver) => saver.copy());
    }

    /* Resolves when every answer has met the server, or could not. */
    async saveAll() {
        await Promise.all(this.dirty.map((saver) => saver.save()));
    }

    confirmed(saver, value, answer) {
        this.tabs.tell(saver, value, answer.saved_at);
        this.countdown?.adjust(answer);
        this.session.back();
        this.connection.back();
    }

    /* Read everything again from the server; what is not saved comes back from this device. */
    async reload() {
        await this.saveAll();
        this.leave(() => location.reload());
    }

    leave(go) {
        this.copyAll();
        this.isLeaving = true;
        go();
    }

    watchLeaving() {
        this.form.addEventListener("submit", (event) => this.submit(event));
        document.addEventListener("click", (event) => this.follow(event));
        document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.hide());
        window.addEventListener("pagehide", () => this.close());
        window.addEventListener("pageshow", ({ persisted }) => persisted && this.reopen());
        window.addEventListener("beforeunload", (event) => {
            if (!this.isLeaving && !this.isSafeToLeave) event.preventDefault();
        });
    }

    /* A phone may close a page that it hides without telling it. */
    hide() {
        this.copyAll();
        if (!this.isClosing) this.saveAll();
    }

    close() {
        this.isClosing = true;
        this.savers.forEach((saver) => saver.lastWords());
    }

    /* Back in a page that the browser had kept as it was: what its last words became is not known. */
    reopen() {
        this.isClosing = this.isLeaving = false;
        this.saveAll();
    }

    /* « Enregistrer »: what is being typed is saved first, so that the form does not contradict it. */
    async submit(event) {
        this.form.elements.csrfmiddlewaretoken.value = csrfToken(this.form);
        if (this.isLeaving || this.isSafeToLeave) return;
        event.preventDefault();
        await Promise.all([nextTask(), this.saveAll()]);
        const open = this.dirty.filter((saver) => !saver.isClosed);
        const [kept] = [...open, ...this.uploads.filter((upload) => upload.isBusy)];
        if (kept) kept.slot.focus(); // what holds it back is written there
        else this.leave(() => this.form.requestSubmit(event.submitter));
    }

    /* A link waits a moment for what is being saved, instead of asking whether to leave. */
    async follow(event) {
        const link = event.target.closest("a[href]");
        const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
        if (!link || !isPlain || link.target || event.defaultPrevented || this.isLeaving || this.isSafeToLeave) return;
        if (link.href.split("#")[0] === location.href.split("#")[0]) return;
        event.preventDefault();
        await Promise.race([this.saveAll(), new Promise((resolve) => setTimeout(resolve, LINK_PATIENCE))]);
        location.assign(link.href); // asks first when something is still not saved
    }
}

const form = document.querySelector("form[data-section-form]");
if (form) recover(new Page(form), takeMark());
