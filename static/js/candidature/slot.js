/* One place to answer: its fields read and written as a whole, its state in words, its error. */
import { button, describe, element, undescribe } from "./dom.js";

const NO_ANSWER = "[type=hidden], [type=file], [type=submit], [type=button]";
const CHECKABLE = "[type=radio], [type=checkbox]";
const CHANGES = ["input", "change", "slot-written"]; // the last: a script changed the fields

export class Slot {
    constructor(node) {
        this.node = node;
        this.id = node.id;
        this.kind = node.dataset.kind;
        this.saveUrl = node.dataset.saveUrl;
        this.uploadUrl = node.dataset.uploadUrl;
        this.stateLine = node.querySelector("[data-state]");
        this.settled = [this.stateLine.textContent.trim(), ""]; // what is true for good, and its tone
        // A browser cuts what is pasted beyond this length, and says nothing: the server refuses it in words.
        this.controls.forEach((control) => control.removeAttribute("maxlength"));
        this.version = Number(node.dataset.version); // a browser may have restored the hidden field of an older page
    }

    get controls() {
        const named = [...this.node.querySelectorAll("input[name], select[name], textarea[name]")];
        return named.filter((control) => !control.matches(NO_ANSWER));
    }

    get label() {
        return this.node.querySelector(".field-label, legend, label").firstChild.textContent.trim();
    }

    get tone() {
        return this.stateLine.dataset.tone ?? "";
    }

    get isText() {
        return this.kind === "short_text" || this.kind === "long_text";
    }

    /* As the subject of a sentence about what this device keeps. */
    get noun() {
        return this.isText ? "votre texte est gardé" : "votre réponse est gardée";
    }

    get version() {
        return Number(this.node.dataset.version);
    }

    set version(version) {
        this.node.dataset.version = version;
        const field = this.node.querySelector(`[name="version-${this.id}"]`);
        if (field) field.value = version;
    }

    /* What the fields say, as JSON: [[name, text], …]. */
    get value() {
        const chosen = this.controls.filter((control) => !control.matches(CHECKABLE) || control.checked);
        return JSON.stringify(chosen.map((control) => [control.name, clean(control.value)]));
    }

    set value(value) {
        const fields = JSON.parse(value);
        for (const control of this.controls) {
            const own = fields.filter(([name]) => name === control.name).map(([, text]) => text);
            if (control.matches(CHECKABLE)) control.checked = own.includes(control.value);
            else control.value = own[0] ?? "";
        }
        this.node.dispatchEvent(new Event("slot-written"));
    }

    /* What the server has, whatever was typed since; null when it wrote in the fields what it had refused. */
    get served() {
        if (this.node.querySelector(".field-error")) return null;
        const chosen = this.controls.filter((control) => !control.matches(CHECKABLE) || control.defaultChecked);
        return JSON.stringify(chosen.map((control) => [control.name, clean(servedText(control))]));
    }

    /* A date half typed reads as empty: it must not erase the answer. */
    get isIncomplete() {
        return this.controls.some((control) => control.validity.badInput);
    }

    /* The value that `raw`, an answer as the server holds it, would put in the fields; null when they cannot say it. */
    valueOf(raw) {
        const texts = this.kind === "table" ? null : [raw ?? []].flat().map((text) => clean(String(text)));
        const fields = this.controls.flatMap((control) => {
            if (!texts) return [[control.name, cellOf(control, raw)]];
            if (!control.matches(CHECKABLE)) return [[control.name, texts[0] ?? ""]];
            return texts.includes(control.value) ? [[control.name, control.value]] : [];
        });
        return texts && fields.length < texts.length ? null : JSON.stringify(fields);
    }

    /* The fields with what they need to be saved. */
    body() {
        const body = new FormData();
        JSON.parse(this.value).forEach(([name, text]) => body.append(name, text));
        body.append(`version-${this.id}`, this.version);
        return body;
    }

    /* NUL is a character that nobody types and that databases do not store. */
    dropNul() {
        for (const control of this.controls.filter((field) => field.value.includes("\0"))) {
            control.value = control.value.replaceAll("\0", "");
        }
    }

    focus() {
        const open = [...this.node.querySelectorAll("input, select, textarea")].filter(
            (control) => control.type !== "hidden" && !control.disabled,
        );
        const control = open.find((choice) => choice.checked) ?? open[0];
        control?.focus();
        if (control?.matches("textarea, input[type=text]")) {
            control.setSelectionRange(control.value.length, control.value.length);
            control.scrollTop = control.scrollHeight;
        }
    }

    /* Say `text` under the field, in a tone: "", "busy", "done", "warning" or "error". */
    say(text, tone = "", ...more) {
        this.stateLine.dataset.tone = tone;
        this.stateLine.replaceChildren(text, ...more.flatMap((part) => [" ", part]));
    }

    settle(text) {
        this.settled = [text, "done"];
        this.say(...this.settled);
    }

    /* Back to what is true for good: nothing is being typed any more. */
    calm() {
        this.say(...this.settled);
    }

    /* What the answer needs before a deposit, as the page says it too. The count of words speaks for itself. */
    warn(problem) {
        this.node.querySelector(".slot-warning")?.remove();
        if (!problem || this.node.dataset.maxWords) return;
        this.stateLine.before(element("p", { class: "slot-warning" }, `À corriger avant de déposer : ${problem}.`));
    }

    get described() {
        const group = this.node.querySelector("fieldset");
        return group ? [group] : this.controls;
    }

    /* The fields of which an error is true as a whole; the cells of a table are marked one by one (amounts.js). */
    get markable() {
        return this.kind === "table" ? [] : this.controls.filter((control) => !control.matches(CHECKABLE));
    }

    showErrors(messages) {
        this.clearErrors();
        const lines = messages.map((message) => element("p", {}, message));
        const error = element("div", { class: "field-error", id: `${this.id}-refused`, role: "alert" }, ...lines);
        this.node.querySelector(".field").classList.add("field-invalid");
        this.stateLine.before(error);
        this.described.forEach((node) => describe(node, error.id));
        this.markable.forEach((control) => control.setAttribute("aria-invalid", "true"));
    }

    /* Also those that the page came with: the server has just accepted the answer. */
    clearErrors() {
        for (const error of this.node.querySelectorAll(".field-error")) {
            this.described.forEach((node) => undescribe(node, error.id));
            error.remove();
        }
        this.node.querySelectorAll(".field-invalid").forEach((field) => field.classList.remove("field-invalid"));
        this.markable.forEach((control) => control.removeAttribute("aria-invalid"));
    }

    /* A conflict that the page came with is over once the choice is saved. */
    clearStanding() {
        this.node.querySelectorAll("[data-standing], [name^=overrides-]").forEach((node) => node.remove());
    }

    /* No longer answered here: texts can still be read, selected and copied. */
    close() {
        for (const control of this.controls) {
            if (control.matches(`select, ${CHECKABLE}`)) control.disabled = true;
            else control.readOnly = true;
        }
        if (this.isText) this.stateLine.after(button("Copier le texte", ({ target }) => this.copyText(target)));
    }

    async copyText(pressed) {
        const [field] = this.controls;
        try {
            await navigator.clipboard.writeText(field.value);
        } catch {
            field.select(); // without HTTPS a browser keeps its clipboard to itself; this older way remains
            document.execCommand("copy");
        }
        pressed.textContent = "Texte copié";
    }
}

/* Call `react` whenever the fields in `node` change, by hand or by script, until the returned function is called. */
export function whenChanged(node, react) {
    CHANGES.forEach((name) => node.addEventListener(name, react));
    return () => CHANGES.forEach((name) => node.removeEventListener(name, react));
}

/* What a value says, to be read: the texts of its fields, choices by their label. */
export function readable(slot, value) {
    const words = JSON.parse(value).map(([name, text]) => text && wordsOf(slot, name, text));
    return words.filter(Boolean).join("\n");
}

function wordsOf(slot, name, text) {
    const named = slot.controls.filter((control) => control.name === name);
    const control = named.find((choice) => choice.matches(CHECKABLE) && choice.value === text) ?? named[0];
    if (!control) return text; // a row of the table that exists no more
    if (control.options) return [...control.options].find((option) => option.value === text)?.text ?? text;
    if (control.matches(CHECKABLE)) return control.labels[0].textContent.trim();
    return slot.kind === "table" ? `${control.getAttribute("aria-label")} : ${text}` : text;
}

function servedText(control) {
    if (!control.options) return control.matches(CHECKABLE) ? control.value : control.defaultValue;
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0]).value;
}

/* The text of one cell in a table as the server holds it: { side: { label: [text for each year] } }. */
function cellOf(control, table) {
    const row = control.closest("tr");
    const side = table?.[control.closest("[data-side]").dataset.side];
    return side?.[row.cells[0].textContent.trim()]?.[control.closest("td").cellIndex - 1] ?? "";
}

function clean(text) {
    return text.replace(/\r\n?/g, "\n");
}
