/* The network is gone, or the server: try again, less and less often, then save all that waits. */
import { announce } from "./dom.js";

const PAUSES = [2, 5, 10, 30]; // seconds; the last one again and again

export class Connection {
    constructor(page) {
        this.page = page;
        this.timer = null;
        this.attempts = 0;
        this.isLost = false;
        window.addEventListener("online", () => this.isLost && this.retry());
    }

    lost(slot) {
        const words = this.page.keeps(slot)
            ? `Pas de connexion : ${slot.noun} sur cet appareil.`
            : "Pas de connexion : laissez cette page ouverte, l’enregistrement reprendra.";
        slot.say(words, "warning");
        if (!this.isLost) {
            this.page.alerts.show("connection", "Pas de connexion : nouvel essai automatique.");
            announce(words);
        }
        this.isLost = true;
        if (this.timer === null) this.wait();
    }

    wait() {
        const pause = PAUSES[Math.min(this.attempts, PAUSES.length - 1)];
        this.attempts += 1;
        this.timer = setTimeout(() => this.retry(), pause * 1000);
    }

    retry() {
        clearTimeout(this.timer);
        this.timer = null;
        this.page.saveAll();
    }

    back() {
        if (!this.isLost) return;
        clearTimeout(this.timer);
        this.timer = null;
        this.attempts = 0;
        this.isLost = false;
        this.page.alerts.clear("connection");
        announce("Connexion rétablie.");
        this.page.saveAll();
    }
}
