/* What the server would not take, beside each field. */
import { describe, element, undescribe } from "../candidature/dom.js";

/* Show `errors`, lists of words by field name, in place of those before. Returns those that are about no field. */
export function showErrors(form, errors) {
    form.querySelectorAll("[data-error]").forEach(clear);
    const others = [];
    for (const [name, words] of Object.entries(errors)) {
        const field = form.querySelector(`[name="${name}"]:not([type="hidden"])`);
        if (field) show(field, words);
        else others.push(...words);
    }
    return others;
}

function show(field, words) {
    const id = `error-${field.name}`;
    const place = field.closest("fieldset") ?? field;
    const list = element("ul", { class: "errorlist", id, "data-error": field.name });
    list.append(...words.map((each) => element("li", {}, each)));
    (place === field ? field : place.firstElementChild).before(list);
    place.setAttribute("aria-invalid", "true");
    describe(place, id);
}

function clear(list) {
    const place = list.parentElement.matches("fieldset") ? list.parentElement : list.nextElementSibling;
    place.removeAttribute("aria-invalid");
    undescribe(place, list.id);
    list.remove();
}
