/* Totals of a table of amounts, year by year, as one types. Before a deposit the server computes its own. */
import { element } from "./dom.js";
import { whenChanged } from "./slot.js";

const UNREADABLE = "à vérifier";

export function showTotals(slot) {
    const sides = Object.fromEntries(
        [...slot.node.querySelectorAll("tbody[data-side]")].map((body) => [body.dataset.side, body]),
    );
    if (!sides.expenses || !sides.resources) return;
    const years = sides.expenses.rows[0].cells.length - 1;
    const inputs = { expenses: columns(sides.expenses, years), resources: columns(sides.resources, years) };
    const spent = addRow(sides.expenses, "Total des dépenses", years);
    const found = addRow(sides.resources, "Total des ressources", years);
    const gap = addRow(sides.resources, "Écart", years);
    const show = () => {
        Object.values(inputs).flat(2).forEach(markUnreadable);
        for (let year = 0; year < years; year++) {
            const [out, into] = [total(inputs.expenses[year]), total(inputs.resources[year])];
            spent[year].textContent = euros(out);
            found[year].textContent = euros(into);
            showGap(gap[year], out === null || into === null ? null : into - out);
        }
    };
    show();
    whenChanged(slot.node, show);
}

/* The inputs of each year. */
function columns(body, years) {
    const rows = [...body.rows].map((row) => [...row.querySelectorAll("input")]);
    return Array.from({ length: years }, (_, year) => rows.map((row) => row[year]));
}

function addRow(body, title, years) {
    // An output speaks each time it changes: not while someone types.
    const outputs = Array.from({ length: years }, () => element("output", { "aria-live": "off" }));
    const cells = outputs.map((output, year) => element("td", { "data-label": `Année ${year + 1}` }, output));
    body.append(element("tr", { class: "amounts-total" }, element("th", { scope: "row" }, title), ...cells));
    return outputs;
}

function showGap(output, gap) {
    const words = gap > 0 ? " de trop" : " à trouver";
    output.textContent = gap === 0 ? "équilibré" : euros(gap && Math.abs(gap)) + (gap ? words : "");
    output.classList.toggle("amounts-gap", gap !== 0);
}

function markUnreadable(input) {
    if (cents(input.value) === null) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
}

function total(inputs) {
    const amounts = inputs.map((input) => cents(input.value));
    return amounts.includes(null) ? null : amounts.reduce((sum, amount) => sum + amount, 0);
}

/* The amount that a person typed, as « 12 000,50 € », in cents; null when it is not one. */
function cents(text) {
    const plain = text.replace(/[\s€]/g, "").replace(",", ".");
    if (!plain) return 0;
    return /^\d+(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
}

function euros(amount) {
    if (amount === null) return UNREADABLE;
    const digits = amount % 100 ? 2 : 0;
    const bounds = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return (amount / 100).toLocaleString("fr-FR", { style: "currency", currency: "EUR", ...bounds });
}
