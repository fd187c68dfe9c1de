/* The session expired while someone was typing: what was typed stays on this device, and comes back by itself. */
import { element } from "./dom.js";

const MARK = "candidature/sign-in"; // in this tab only: who signs in again is coming back to a text

export class Session {
    constructor(page) {
        this.page = page;
        this.isExpired = false;
        this.isTold = false;
        // Signing in again in another tab is enough.
        window.addEventListener("focus", () => this.tryAgain());
        document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.tryAgain());
    }

    expired(slot) {
        this.isExpired = true;
        this.tell(slot);
        if (this.isTold) return; // read out once, not each time one comes back to this window
        this.isTold = true;
        this.page.alerts.show("session", this.words(slot), { isUrgent: true, link: this.link(slot) });
    }

    /* Said once: a link written again while it is pressed would not be followed. */
    tell(slot) {
        const words = this.words(slot);
        if (!slot.stateLine.textContent.startsWith(words)) slot.say(words, "error", this.link(slot));
    }

    words(slot) {
        if (slot.uploadUrl) return "Votre session a expiré.";
        const kept = this.page.keeps(slot)
            ? `${slot.noun[0].toUpperCase()}${slot.noun.slice(1)} sur cet appareil.`
            : "Reconnectez-vous dans un autre onglet et gardez celui-ci ouvert : votre texte n’est qu’ici.";
        return `Votre session a expiré. ${kept}`;
    }

    link(slot) {
        const isKept = slot.saveUrl && this.page.keeps(slot);
        const link = element("a", { href: this.signInUrl(slot) }, "Se reconnecter et revenir à cette question");
        if (isKept) link.addEventListener("click", () => this.leaveFor(slot));
        else link.target = "_blank";
        return link;
    }

    /* The page of sign-in, which leads back to this very slot. */
    signInUrl(slot) {
        const url = new URL(this.page.form.dataset.signIn, location.href);
        url.searchParams.set("next", `${url.searchParams.get("next").split("#")[0]}#${slot.id}`);
        return url;
    }

    leaveFor(slot) {
        this.page.isLeaving = true;
        this.page.copyAll();
        try {
            sessionStorage.setItem(MARK, JSON.stringify({ path: location.pathname, slot: slot.id }));
        } catch {
            // storage forbidden: the text is then offered instead of put back
        }
    }

    tryAgain() {
        if (!this.isExpired) return;
        this.isExpired = false;
        this.page.saveAll();
    }

    back() {
        if (!this.isTold) return;
        this.isExpired = this.isTold = false;
        this.page.alerts.clear("session");
        this.page.saveAll();
    }
}

/* The slot to which a person comes back after signing in again; null when it is not so. Says it once. */
export function takeMark() {
    try {
        const mark = JSON.parse(sessionStorage.getItem(MARK));
        if (mark?.path !== location.pathname) return null;
        sessionStorage.removeItem(MARK);
        return mark.slot;
    } catch {
        return null;
    }
}
