/* Other tabs of the same person: what one saves, the others show, unless something else is being typed there. */
import { markOf } from "./local-copy.js";

export class Tabs {
    constructor(page, user, reference) {
        this.page = page;
        this.channel = new BroadcastChannel(`candidature/${user}/${reference}`);
        this.channel.addEventListener("message", ({ data }) => this.heard(data));
    }

    tell(saver, value, time) {
        this.channel.postMessage({ slot: saver.slot.id, value, version: saver.slot.version, time });
    }

    heard({ slot: id, value, version, time }) {
        const saver = this.page.saver(id);
        if (!saver) return;
        saver.offers.filter((offer) => offer.mark === markOf(value)).forEach((offer) => offer.close());
        if (saver.isDirty || saver.request || saver.slot.version >= version) return;
        saver.take(value, version, `Enregistré à ${time} dans un autre onglet`);
    }
}
