/* Turns a territory field into a combobox with a list (ARIA 1.2). Without it, the field is a plain text input
   that the server understands just as well. */
const PAUSE = 150; // milliseconds without a key before asking

function combobox(input) {
    const id = `${input.id}-list`;
    const wrapper = element("div", { class: "combobox" });
    const list = element("ul", { class: "combobox-list", role: "listbox", id, "aria-label": "Territoires" });
    const status = element("p", { class: "visually-hidden", role: "status" });
    let timer = null;
    let request = null;
    let results = [];
    let active = -1;

    list.hidden = true;
    input.before(wrapper);
    wrapper.append(input, list, status);
    set(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id });

    function close() {
        clearTimeout(timer);
        request?.abort();
        list.hidden = true;
        input.setAttribute("aria-expanded", "false");
        highlight(-1);
    }

    function highlight(index) {
        active = index;
        [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
        if (index < 0) {
            input.removeAttribute("aria-activedescendant");
        } else {
            input.setAttribute("aria-activedescendant", list.children[index].id);
            list.children[index].scrollIntoView({ block: "nearest" });
        }
    }

    function choose(index) {
        input.value = results[index].value;
        close();
        status.textContent = `${results[index].value}, choisi`;
        input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function show() {
        list.replaceChildren(...results.map((result, index) => option(result, `${id}-${index}`)));
        list.hidden = results.length === 0;
        input.setAttribute("aria-expanded", String(!list.hidden));
        highlight(-1);
        status.textContent = results.length
            ? `${results.length} territoire${results.length > 1 ? "s" : ""}. Flèches haut et bas pour choisir.`
            : "Aucun territoire.";
    }

    async function ask() {
        request?.abort();
        request = new AbortController();
        const url = new URL(input.dataset.territorySearch, location.href);
        url.searchParams.set("q", input.value);
        try {
            const response = await fetch(url, { signal: request.signal });
            if (response.ok) {
                results = (await response.json()).results;
                show();
            }
        } catch (error) {
            // A newer question cancels this one; without network, the field stays a text input.
            if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
        }
    }

    input.addEventListener("input", () => {
        close();
        if (input.value.trim()) timer = setTimeout(ask, PAUSE);
    });

    input.addEventListener("keydown", (event) => {
        const count = results.length;
        if (event.key === "ArrowDown" && list.hidden && input.value.trim()) {
            ask();
        } else if (list.hidden) {
            return;
        } else if (event.key === "ArrowDown") {
            highlight((active + 1) % count);
        } else if (event.key === "ArrowUp") {
            highlight((active <= 0 ? count : active) - 1);
        } else if (event.key === "Enter" && active >= 0) {
            choose(active);
        } else if (event.key === "Escape") {
            close();
        } else {
            return;
        }
        event.preventDefault();
    });

    list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
    list.addEventListener("click", (event) => {
        const index = [...list.children].indexOf(event.target.closest("[role=option]"));
        if (index >= 0) choose(index);
    });
    input.addEventListener("blur", close);
}

function option(result, id) {
    const item = element("li", { role: "option", id, "aria-selected": "false" });
    const name = element("strong");
    const detail = element("span");
    name.textContent = result.label;
    detail.textContent = result.detail;
    item.append(name, detail);
    return item;
}

function element(tag, attributes = {}) {
    return set(document.createElement(tag), attributes);
}

function set(node, attributes) {
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    return node;
}

document.querySelectorAll("input[data-territory-search]").forEach(combobox);
