/* What is typed leaves with the page: nothing on its way is overtaken, nothing unsaved goes unsaid. */
import { nextTask } from "../candidature/dom.js";

/* A form or a link waits for what is on its way, so that the server never meets an older text of ours. */
export function watchLeaving(form, drafts) {
    let isLeaving = false;
    const isSafe = () => drafts.every((draft) => !draft.isDirty);
    form.addEventListener("submit", async (event) => {
        if (isLeaving) return;
        event.preventDefault();
        await Promise.all([nextTask(), ...drafts.map((draft) => draft.settle())]);
        drafts.forEach((draft) => draft.copy());
        isLeaving = true;
        form.requestSubmit(event.submitter);
    });
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") drafts.forEach((draft) => draft.save());
        else drafts.forEach((draft) => draft.retry());
    });
    window.addEventListener("focus", () => drafts.forEach((draft) => draft.retry()));
    window.addEventListener("pagehide", () => !isLeaving && drafts.forEach((draft) => draft.lastWords()));
    window.addEventListener("pageshow", ({ persisted }) => {
        if (!persisted) return;
        isLeaving = false;
        drafts.forEach((draft) => draft.save());
    });
    window.addEventListener("beforeunload", (event) => {
        drafts.forEach((draft) => draft.copy());
        if (!isLeaving && !isSafe()) event.preventDefault();
    });
}
