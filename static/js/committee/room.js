/* The session on a screen: saves the decision as it is typed, counts the minutes, follows the other screens, keys.
   Without it the buttons do the same, and the hour of the call is written. */
import { announce } from "../candidature/dom.js";
import { Draft } from "./draft.js";
import { watchLeaving } from "./leaving.js";

const NOT_TYPED = ["csrfmiddlewaretoken", "then", "revision"];
const PAUSE = 10_000; // milliseconds between two looks at the session
const SCREEN_PAUSE = 3_000; // for the screen of the room

const form = document.querySelector("form[data-draft]");
if (form) startDraft(form);
document.querySelectorAll("[data-clock]").forEach(startClock);
follow(document.querySelector("[data-follow]"));
watchKeys();

function startDraft(form) {
    const isVote = form.dataset.slot === "vote";
    const draft = new Draft(form, {
        slot: isVote ? "vote" : "decision",
        url: form.action,
        owns: (name) => !NOT_TYPED.includes(name),
        known: ["draft_revision"],
        line: form.querySelector("[data-state]"),
        noun: isVote ? "Le vote" : "La décision",
        isTyped: form.matches("[data-typed]"),
        way: isVote ? "« Consigner » montre le texte qui est à voter." : undefined,
    });
    watchLeaving(form, [draft]);
    if (isVote) countVoices(form);
}

/* How many voices are still to be given, beside how many there are. */
function countVoices(form) {
    const place = document.querySelector("[data-voices]");
    const fields = [...form.querySelectorAll("input[type=number]")];
    const count = () => {
        const left = fields.reduce((rest, { value }) => rest - Number(value), Number(place.dataset.voices));
        place.textContent = left === 0 ? " : le compte y est" : `, reste ${left}`;
    };
    form.addEventListener("input", count);
    count();
}

function startClock(node) {
    const planned = Number(node.dataset.minutes) * 60;
    const before = Number(node.dataset.clock) - performance.now() / 1000;
    const shown = node.querySelector("[data-elapsed]");
    const tick = () => {
        const seconds = Math.floor(before + performance.now() / 1000);
        const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
        shown.textContent = `${minutes}:${String(rest).padStart(2, "0")}`;
        node.classList.toggle("is-over", seconds > planned);
    };
    tick();
    setInterval(tick, 1000);
}

/* Another screen took the session further: the room's screen goes there, the others are told. */
function follow(notice) {
    const { mark } = notice.dataset;
    const isScreen = "screen" in notice.dataset;
    const look = async () => {
        const found = document.hidden && !isScreen ? null : await stateOf(notice.dataset.follow);
        if (found && found.mark !== mark) {
            if (isScreen) show(`${found.address}?ecran=1`);
            notice.querySelector("a").href = found.address;
            if (notice.hidden) announce("La séance a avancé sur un autre écran.");
            notice.hidden = false;
        }
        setTimeout(look, isScreen ? SCREEN_PAUSE : PAUSE);
    };
    setTimeout(look, isScreen ? SCREEN_PAUSE : PAUSE);
}

function show(address) {
    if (address === `${location.pathname}${location.search}`) location.reload();
    else location.replace(address);
}

async function stateOf(address) {
    try {
        const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
        return response.ok ? await response.json() : null;
    } catch {
        return null; // no network: the next look will tell
    }
}

function watchKeys() {
    document.querySelectorAll("[data-keys]").forEach((help) => (help.hidden = false));
    document.addEventListener("keydown", (event) => {
        if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const control = document.querySelector(`[data-key="${CSS.escape(event.code)}"]`);
        if (!control) return;
        event.preventDefault();
        control.click();
    });
}
