/* Copies of what is not saved yet, on this device. Each open page has its own: two tabs never erase each other's. */
export class Copies {
    constructor(user, reference) {
        this.prefix = `candidature/${user}/${reference}/`;
        this.page = Math.random().toString(36).slice(2);
        this.adopted = new Map(); // slot → key of the copy that this page took over
        this.unkept = new Set(); // slots whose text the browser would not keep
    }

    keyOf(slot) {
        return this.adopted.get(slot) ?? `${this.prefix}${slot}/${this.page}`;
    }

    /* Keep `copy`: { value, version, sent }, `sent` being the marks of what left for the server without an answer. */
    keep(slot, copy) {
        try {
            localStorage.setItem(this.keyOf(slot), JSON.stringify({ ...copy, at: new Date().toISOString() }));
            this.unkept.delete(slot);
        } catch {
            this.unkept.add(slot); // storage full or forbidden: saving goes on without it
        }
    }

    holds(slot) {
        return !this.unkept.has(slot);
    }

    /* Remove this page's copy, and any other that says just the same. */
    drop(slot, value) {
        this.forget(this.keyOf(slot));
        this.of(slot)
            .filter((copy) => copy.value === value)
            .forEach((copy) => this.forget(copy.key));
    }

    forget(key) {
        try {
            localStorage.removeItem(key);
        } catch {
            // forbidden: there was nothing to remove
        }
    }

    /* From now on this page writes where `copy` stands: a long text is not kept twice. */
    adopt(slot, copy) {
        if (copy.key) this.adopted.set(slot, copy.key);
    }

    /* The copies of a slot, the latest first. */
    of(slot) {
        try {
            const keys = Object.keys(localStorage).filter((key) => key.startsWith(`${this.prefix}${slot}/`));
            const copies = keys.map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }));
            return copies.sort((one, other) => other.at.localeCompare(one.at));
        } catch {
            return [];
        }
    }
}

/* A short mark of a text, to know it again without keeping it (FNV-1a, and its length). */
export function markOf(value) {
    const text = JSON.stringify(JSON.parse(value).map(([name, part]) => [name, part.trim()]));
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return `${text.length}-${(hash >>> 0).toString(36)}`;
}
