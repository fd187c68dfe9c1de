/* The pieces that stand in a slot, as the server last told them, each with what can be done with it. */
import { button, element, unseen } from "./dom.js";

export class PieceList {
    /* `replace(file, id)` is called with a file chosen to take the place of a piece. */
    constructor(slot, replace) {
        this.list = slot.node.querySelector("[data-pieces]");
        this.chooser = slot.node.querySelector("input[type=file]").cloneNode();
        this.chooser.multiple = false;
        this.chooser.hidden = true;
        this.chooser.removeAttribute("name");
        this.chooser.removeAttribute("id");
        this.chooser.addEventListener("change", () => {
            const [file] = this.chooser.files;
            if (file) replace(file, this.replaced);
            this.chooser.value = "";
        });
        this.list.after(this.chooser);
        [...this.list.children].forEach((item) => this.addReplace(item, item.dataset.piece, item.dataset.name));
    }

    get count() {
        return this.list.children.length;
    }

    show(pieces) {
        this.list.replaceChildren(...pieces.map((piece) => this.item(piece)));
    }

    item({ id, name, size, url, remove_url: removeUrl, state }) {
        const facts = element("span", { class: "small soft" }, state ? `${size}, ${state}` : size);
        const remove = element("a", { class: "small", href: removeUrl }, "Retirer", unseen(` : ${name}`));
        const item = element("li", {}, element("a", { href: url }, name), " ", facts, " ", remove);
        this.addReplace(item, id, name);
        return item;
    }

    addReplace(item, id, name) {
        const press = button(
            "Remplacer",
            () => {
                this.replaced = id;
                this.chooser.click();
            },
            "btn btn-link btn-small",
        );
        press.append(unseen(` : ${name}`));
        item.append(" ", press);
    }
}
