/* What matters wherever one is in the page: a strip that stays in sight above the form. */
import { element } from "./dom.js";

export class Alerts {
    constructor(form) {
        this.parts = new Map(); // key → a line, or one link of a line about several slots
        this.lines = new Map(); // text → the line about slots
        this.strip = element("div", { class: "form-alerts no-print" });
        this.strip.hidden = true;
        form.prepend(this.strip);
    }

    /* A line by itself, read out at once when `isUrgent`. */
    show(key, text, { isUrgent = false, link = "" } = {}) {
        this.clear(key);
        const line = element("p", isUrgent ? { role: "alert" } : {}, text, " ", link);
        this.parts.set(key, line);
        this.put(line);
    }

    /* A line that leads to a slot; the slots of which the same is said share it. */
    point(key, text, slot) {
        this.clear(key);
        const line = this.lines.get(text) ?? element("p", {}, text);
        const link = element("a", { href: `#${slot.id}` }, slot.label);
        line.append(" ", link);
        this.lines.set(text, line);
        this.parts.set(key, link);
        this.put(line);
    }

    put(line) {
        this.strip.append(line);
        this.strip.hidden = false;
    }

    clear(key) {
        this.parts.get(key)?.remove();
        this.parts.delete(key);
        this.lines.forEach((line) => line.querySelector("a") ?? line.remove());
        this.strip.hidden = this.strip.children.length === 0;
    }
}
