/* The last day before the closing: what is left, by the server's clock. */
import { announce, element } from "./dom.js";

const DAY = 24 * 3600; // seconds
const MINUTE = 60_000; // milliseconds
const TOLD = [60, 15, 5, 1]; // minutes left that are read out
const WHEN = new Intl.DateTimeFormat("fr-FR", { dateStyle: "full", timeStyle: "short", timeZone: "Europe/Paris" });

export class Countdown {
    constructor(node) {
        this.node = node;
        this.deadline = Date.parse(node.dataset.deadline);
        // The page was made when its first bytes left; what follows was the network.
        const [visit] = performance.getEntriesByType("navigation");
        const age = visit ? performance.now() - visit.responseStart : 0;
        this.setClock(node.dataset.now, Date.now() - age);
        this.clock = element("strong", { class: "countdown-clock", role: "timer", "aria-live": "off" });
        this.clock.hidden = true;
        node.append(" ", this.clock);
        this.told = this.left;
        this.tick();
        setInterval(() => this.tick(), 1000);
    }

    /* Whether the server's time, or a closing that moved, is to be asked again. */
    get isOld() {
        return Date.now() - this.heard > MINUTE;
    }

    setClock(now, at) {
        this.heard = Date.now();
        this.ahead = Date.parse(now) - at; // milliseconds of the server's clock before this device's
    }

    /* Seconds before the closing; negative once it has passed. */
    get left() {
        return Math.ceil((this.deadline - Date.now() - this.ahead) / 1000);
    }

    /* What an answer of the server says of the time: its clock, and a closing that may have moved. */
    adjust({ now, deadline }) {
        if (now) this.setClock(now, Date.now());
        if (deadline && Date.parse(deadline) !== this.deadline) this.move(deadline);
        this.tick();
    }

    move(deadline) {
        this.deadline = Date.parse(deadline);
        const words = `La clôture a été déplacée : ${WHEN.format(this.deadline)}, heure de Paris.`;
        this.node.replaceChildren(words, " ", this.clock);
        this.told = this.left;
        announce(words);
    }

    tick() {
        const { left } = this;
        this.clock.hidden = left > DAY;
        this.node.classList.toggle("countdown-last", left <= DAY && left > 0);
        this.node.classList.toggle("countdown-over", left <= 0);
        this.clock.textContent = left > 0 ? `Il reste ${duration(left)}.` : "L’heure de clôture est passée.";
        this.tell(left);
    }

    /* Each threshold once, as it is crossed. */
    tell(left) {
        const minutes = Math.ceil(left / 60); // a computer that slept skips some
        const isCrossed = TOLD.some((threshold) => left <= threshold * 60 && threshold * 60 < this.told);
        if (left <= 0 && this.told > 0) announce("L’heure de clôture est passée.");
        else if (isCrossed) announce(`Il reste ${minutes} minute${minutes > 1 ? "s" : ""} avant la clôture.`);
        this.told = left;
    }
}

function duration(seconds) {
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    return `${hours} h ${two(minutes)} min ${two(seconds % 60)} s`;
}
