/* Small parts of a page, built with text only: nothing here is read as HTML. */
const CLOCK = new Intl.DateTimeFormat("fr-FR", { timeStyle: "medium" });
const MOMENT = new Intl.DateTimeFormat("fr-FR", { dateStyle: "long", timeStyle: "short" });
const voice = element("p", { class: "visually-hidden", role: "status" });
document.body.append(voice);

export function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    node.append(...children);
    return node;
}

export function button(label, action, look = "btn btn-secondary btn-small") {
    const node = element("button", { type: "button", class: look }, label);
    node.addEventListener("click", action);
    return node;
}

/* Words for people who listen: they tell apart controls that look alike. */
export function unseen(text) {
    return element("span", { class: "visually-hidden" }, text);
}

/* A text that may be long: it scrolls in its box, by keyboard too. */
export function passage(look, name, text = "") {
    return element("div", { class: look, role: "region", "aria-label": name, tabindex: "0" }, text);
}

/* Tell people who listen to the page, without interrupting them. */
export function announce(text) {
    voice.textContent = "";
    setTimeout(() => (voice.textContent = text), 100); // the same words are heard again
}

/* Name one more description of a field: the hint and the error that the page wrote stay. */
export function describe(control, id) {
    const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
    control.setAttribute("aria-describedby", [...new Set([...ids, id])].join(" "));
}

export function undescribe(control, id) {
    const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
    if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
    else control.removeAttribute("aria-describedby");
}

export function moment(iso) {
    return MOMENT.format(new Date(iso));
}

export function clock(date = new Date()) {
    return CLOCK.format(date);
}

/* Wait until `pause` milliseconds pass without a new call. `flush` does at once what still waits. */
export function later(pause, action) {
    let timer = null;
    const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(wait.flush, pause);
    };
    wait.flush = () => {
        if (timer !== null) {
            wait.cancel();
            action();
        }
    };
    wait.cancel = () => {
        clearTimeout(timer);
        timer = null;
    };
    return wait;
}

/* A form does not hear that it is submitted again before its own « submit » event is over. */
export function nextTask() {
    return new Promise((done) => setTimeout(done));
}
