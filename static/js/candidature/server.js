/* Requests to the portal. Every answer is { status, data }: status 0 when nothing came back, data null unless JSON. */
const PATIENCE = 60_000; // milliseconds
const LAST_WORDS = 60_000; // bytes that a browser still sends for a page that is closed

export function csrfToken(form) {
    // Signing in again in another tab changes the token: the cookie knows it, the page does not.
    const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
}

export async function post(url, body, token) {
    try {
        const response = await fetch(url, {
            method: "POST",
            body,
            headers: { "X-CSRFToken": token, Accept: "application/json" },
            redirect: "manual",
            keepalive: document.visibilityState === "hidden" && isShort(body), // a phone closes what it hides
            signal: AbortSignal.timeout(PATIENCE),
        });
        return understood(response, await jsonOf(response));
    } catch {
        return { status: 0, data: null }; // no network, or a cut in the middle of the answer
    }
}

async function jsonOf(response) {
    const isJson = response.headers.get("Content-Type")?.includes("json");
    return isJson ? response.json() : null;
}

function understood(response, data) {
    // Sent elsewhere, or a refused CSRF token: both mean signing in again.
    if (response.type === "opaqueredirect" || (response.status === 403 && !data)) return { status: 401, data };
    if (response.ok && !data) return { status: 0, data }; // the page of a hotel's network, not ours
    return { status: response.status, data };
}

/* Send what a closing page has not saved; nobody reads the answer. False when it is too long to be sent so. */
export function sendLastWords(url, body, token) {
    body.append("csrfmiddlewaretoken", token);
    if (!isShort(body)) return false;
    if (!("keepalive" in Request.prototype)) return navigator.sendBeacon(url, body);
    fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true }).catch(() => {});
    return true;
}

function isShort(body) {
    const sizes = [...body.values()].map((text) => new Blob([text]).size + 200);
    return sizes.reduce((total, size) => total + size, 0) < LAST_WORDS;
}
