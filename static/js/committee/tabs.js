/* On a narrow screen, the file and the grid are two tabs; on a wide one, both are there. */
const WIDE = matchMedia("(min-width: 64rem)");
const MARGIN = 12; // pixels around the grid
const KEYS = { ArrowLeft: -1, ArrowRight: 1 };

export function watchTabs(nav) {
    if (!nav) return;
    const tabs = [...nav.querySelectorAll("a")];
    const panels = tabs.map((tab) => document.querySelector(tab.hash));
    const places = panels.map(() => 0); // how far each was scrolled
    let shown = 0;

    const open = (index, { isFocused = false } = {}) => {
        places[shown] = window.scrollY;
        shown = index;
        draw();
        if (!WIDE.matches) window.scrollTo(0, places[index]);
        if (isFocused) tabs[index].focus();
    };
    const draw = () => {
        tabs.forEach((tab, index) => {
            set(tab, "role", "tab");
            set(tab, "aria-selected", String(index === shown));
            set(tab, "aria-controls", panels[index].id);
            tab.tabIndex = WIDE.matches || index === shown ? 0 : -1;
            panels[index].hidden = !WIDE.matches && index !== shown;
        });
        set(nav, "role", "tablist");
    };
    const toHash = () => {
        const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
        const index = target ? panels.findIndex((panel) => panel.contains(target)) : -1;
        if (index < 0) return;
        if (index !== shown) open(index);
        if (target !== panels[index]) target.scrollIntoView();
    };

    tabs.forEach((tab, index) => {
        tab.addEventListener("click", (event) => {
            event.preventDefault();
            open(index);
        });
        tab.addEventListener("keydown", (event) => {
            const step = KEYS[event.key];
            if (step) open((index + step + tabs.length) % tabs.length, { isFocused: true });
        });
    });
    WIDE.addEventListener("change", draw);
    window.addEventListener("hashchange", toHash);
    draw();
    toHash();
}

/* On a wide screen, what can be done with the grid stays in the window, whatever stands above the grid. */
export function fit(panel) {
    const draw = () => {
        const top = Math.max(panel.parentElement.getBoundingClientRect().top, MARGIN);
        panel.style.maxHeight = WIDE.matches ? `${window.innerHeight - top - MARGIN}px` : "";
    };
    window.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    window.addEventListener("resize", draw);
    draw();
}

function set(node, name, value) {
    if (WIDE.matches) node.removeAttribute(name);
    else node.setAttribute(name, value);
}
