/* Files leave as soon as they are chosen or dropped, one after the other, each with its progress. */
import { announce, button, element, unseen } from "./dom.js";
import { PieceList } from "./piece-list.js";
import { csrfToken } from "./server.js";

const CUT = "L’envoi a été interrompu : vérifiez la connexion.";
const TOO_LARGE = "est trop lourd pour être envoyé.";
const EXPIRED = "Votre session a expiré : reconnectez-vous dans un autre onglet, puis réessayez.";

export class Uploads {
    constructor(slot, page) {
        this.slot = slot;
        this.page = page;
        this.input = slot.node.querySelector("input[type=file]");
        this.most = Number(slot.node.dataset.maxFiles);
        this.waiting = []; // { file, replaces, row }
        this.isSending = false;
        this.errors = element("div", { class: "field-error", role: "alert" });
        this.rows = element("ul", { class: "upload-list", role: "list" });
        this.pieces = new PieceList(slot, (file, replaces) => this.add([file], replaces));
        this.input.after(this.errors, this.rows);
        this.input.addEventListener("change", () => this.chosen());
        this.acceptDrops();
    }

    get isBusy() {
        return this.waiting.length > 0;
    }

    chosen() {
        const files = [...this.input.files];
        this.input.value = ""; // sent here: the form must not send them again
        this.add(files);
    }

    /* `replaces` is the piece whose place the file takes. */
    add(files, replaces = null) {
        if (!this.isBusy) this.errors.replaceChildren();
        const room = replaces ? files.length : this.most - this.pieces.count - this.waiting.length;
        files.slice(0, Math.max(room, 0)).forEach((file) => this.wait(file, replaces));
        this.refuse(files.slice(Math.max(room, 0)));
        if (!this.isSending) this.next();
    }

    wait(file, replaces) {
        const row = element("li", { class: "upload" });
        this.rows.append(row);
        this.waiting.push({ file, replaces, row });
        row.append(`${file.name} : en attente`);
    }

    refuse(files) {
        if (!files.length) return;
        const limit = `${this.most} fichier${this.most > 1 ? "s" : ""} au plus`;
        const names = files.map((file) => file.name).join(", ");
        const refused = `Non envoyé${files.length > 1 ? "s" : ""} : ${names}.`;
        this.showErrors([`${limit} : retirez ou remplacez d’abord une pièce. ${refused}`]);
    }

    showErrors(messages) {
        this.errors.append(...messages.map((message) => element("p", {}, message)));
    }

    /* Send the first that waits. One that failed stays first, with what to do. */
    next() {
        this.isSending = this.isBusy;
        if (this.isBusy) this.send(this.waiting[0]);
    }

    send({ file, replaces, row }) {
        const request = new XMLHttpRequest();
        this.showProgress(row, file, request);
        const body = new FormData();
        body.append("files", file);
        if (replaces) body.append("remplace", replaces);
        request.open("POST", this.slot.uploadUrl);
        request.setRequestHeader("X-CSRFToken", csrfToken(this.page.form));
        request.setRequestHeader("Accept", "application/json");
        request.responseType = "json";
        request.addEventListener("load", () => this.answered(request, file));
        request.addEventListener("error", () => this.failed(CUT));
        request.addEventListener("abort", () => this.done());
        request.send(body);
    }

    showProgress(row, file, request) {
        const bar = element("progress", { max: "1", value: "0" });
        const percent = element("span", { class: "upload-percent" }, "0 %");
        const cancel = button("Annuler", () => request.abort(), "btn btn-link btn-small");
        cancel.append(unseen(` l’envoi de ${file.name}`));
        row.replaceChildren(element("label", {}, file.name, bar), percent, cancel);
        request.upload.addEventListener("progress", ({ loaded, total }) => {
            bar.value = loaded / total;
            percent.textContent = loaded === total ? "Vérification…" : `${Math.floor((100 * loaded) / total)} %`;
        });
    }

    answered({ status, response }, file) {
        if (status === 401 || (status === 403 && !response)) {
            this.page.session.expired(this.slot);
            this.failed(EXPIRED);
        } else if (status === 413 || status === 400) {
            this.showErrors([`« ${file.name} » ${TOO_LARGE}`]);
            this.done();
        } else if (status === 403 || status === 404) {
            this.closed(response.message);
        } else if (status === 200 && response) {
            this.received(response, file);
        } else {
            this.failed(CUT);
        }
    }

    received({ pieces, errors }, file) {
        this.pieces.show(pieces);
        this.showErrors(errors);
        if (!errors.length) announce(`${file.name} est joint.`);
        this.page.session.back();
        this.page.connection.back();
        this.done();
    }

    done() {
        this.waiting.shift().row.remove();
        this.next();
    }

    /* The file is still in hand: the same one can leave again. */
    failed(message) {
        this.isSending = false;
        const [{ file, row }] = this.waiting;
        const retry = button("Réessayer", () => this.next());
        const drop = button("Abandonner", () => this.done(), "btn btn-link btn-small");
        [retry, drop].forEach((press) => press.append(unseen(` : ${file.name}`)));
        const words = element("span", { class: "upload-failure", role: "alert" }, `« ${file.name} » : ${message}`);
        row.replaceChildren(words, retry, drop);
    }

    closed(message) {
        this.waiting = [];
        this.isSending = false;
        this.rows.replaceChildren();
        this.showErrors([message]);
        this.input.disabled = true;
    }

    /* Dropping files on the slot is an extra: the button does the same. */
    acceptDrops() {
        const { node } = this.slot;
        const mark = (isOver) => (event) => {
            if (!hasFiles(event) || this.input.disabled) return;
            event.preventDefault();
            node.classList.toggle("slot-drop", isOver);
        };
        node.addEventListener("dragover", mark(true));
        node.addEventListener("dragleave", mark(false));
        node.addEventListener("drop", (event) => {
            mark(false)(event);
            if (event.dataTransfer.files.length && !this.input.disabled) this.add([...event.dataTransfer.files]);
        });
    }
}

/* Dropped beside a slot, a file would take the place of the page. */
export function refuseStrayDrops() {
    ["dragover", "drop"].forEach((name) =>
        document.addEventListener(name, (event) => {
            if (!hasFiles(event) || event.defaultPrevented) return;
            event.preventDefault();
            event.dataTransfer.dropEffect = "none";
        }),
    );
}

function hasFiles(event) {
    return event.dataTransfer.types.includes("Files");
}
