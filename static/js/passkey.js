/* Passkeys (WebAuthn): shows what needs them, asks the device, and sends its answer with the form.

   <… data-passkey-only hidden>   shown where passkeys work        <… data-passkey-missing>   shown elsewhere
   <form data-passkey="get|create" data-options="id of a json_script" | data-options-url="…">
     <input type="hidden" name="credential">  <p role="alert"></p>  <button type="submit">

   Bytes travel as base64url, converted here: browsers that know passkeys do not all know how to read them as JSON. */

const MESSAGES = {
    NotAllowedError: "La demande a été annulée, ou a trop attendu. Vous pouvez réessayer.",
    InvalidStateError: "Cet appareil a déjà une clé pour votre compte.",
    TypeError: "Le portail ne répond pas. Vérifiez votre connexion à Internet, puis réessayez.",
};
const OTHER_MESSAGE = "Cet appareil n’a pas pu utiliser de clé d’accès. Essayez autrement.";

/* Passkeys belong to a host name: browsers refuse them to a bare IP address. */
const worksHere =
    window.isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$|:/.test(window.location.hostname);

function toBytes(text) {
    const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toText(buffer) {
    const binary = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const withBytes = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));

function askFor({ publicKey }) {
    const options = {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        allowCredentials: withBytes(publicKey.allowCredentials),
    };
    return navigator.credentials.get({ publicKey: options });
}

function make({ publicKey }) {
    const options = {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
        excludeCredentials: withBytes(publicKey.excludeCredentials),
        /* Kept by the device with the name of the account: that is what lets it sign in by itself. */
        authenticatorSelection: {
            ...publicKey.authenticatorSelection,
            residentKey: "required",
            requireResidentKey: true,
        },
    };
    return navigator.credentials.create({ publicKey: options });
}

function asJson(credential) {
    const response = {};
    for (const field of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (credential.response[field]) {
            response[field] = toText(credential.response[field]);
        }
    }
    return JSON.stringify({
        id: credential.id,
        rawId: toText(credential.rawId),
        type: credential.type,
        clientExtensionResults: credential.getClientExtensionResults(),
        response,
    });
}

async function optionsOf(form) {
    if (form.dataset.options) {
        return JSON.parse(document.getElementById(form.dataset.options).textContent);
    }
    const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
        throw new TypeError(`HTTP ${answer.status}`);
    }
    return (await answer.json()).request_options;
}

async function send(form) {
    const problem = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    problem.textContent = "";
    button.disabled = true;
    try {
        const ceremony = form.dataset.passkey === "create" ? make : askFor;
        form.elements.credential.value = asJson(await ceremony(await optionsOf(form)));
        form.submit();
    } catch (error) {
        problem.textContent = MESSAGES[error.name] || OTHER_MESSAGE;
    } finally {
        button.disabled = false;
    }
}

if (worksHere) {
    document.querySelectorAll("[data-passkey-missing]").forEach((element) => {
        element.hidden = true;
    });
    document.querySelectorAll("[data-passkey-only]").forEach((element) => {
        element.hidden = false;
    });
    document.querySelectorAll("form[data-passkey]").forEach((form) => {
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            send(form);
        });
    });
}
