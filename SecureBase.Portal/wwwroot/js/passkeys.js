// Passkeys: asks our server what to ask the browser, the browser for a passkey, and hands its answer back as a form. Works on
// plain documents, where a form marked data-passkey-form is sent once the browser has answered, and for pages with a circuit.
const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const named = list => (list ?? []).map(key => ({ ...key, id: bytes(key.id) }));

const token = () => document.querySelector("input[name=__RequestVerificationToken]")?.value ?? "";

const send = async (path, fields) => {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...fields, __RequestVerificationToken: token() })) body.append(name, value);
  const answer = await fetch(path, { method: "POST", body });
  if (answer.ok) return answer.json();
  if (answer.status === 429) throw new Error("Too many tries from your network. Wait a few minutes and try again.");
  const isJson = answer.headers.get("content-type")?.includes("json");
  const problem = isJson ? await answer.json() : null;
  throw Object.assign(new Error(problem?.message ?? "The server did not take it. Load the page again and retry."), { code: problem?.code });
};

const words = failure => {
  switch (failure.name) {
    case "NotAllowedError": return "No passkey was used. Try again, or choose another way.";
    case "InvalidStateError": return "This device already has a passkey of yours for this address.";
    case "SecurityError": return "Passkeys work on your organisation's own address over HTTPS only.";
    default: return failure.message;
  }
};

const ask = async use => {
  if (!window.PublicKeyCredential) throw new Error("This browser does not know passkeys. Use another browser or another way.");
  const { challenge, options } = await send("/account/passkeys/options", { use });
  const isNew = use === "register";
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    ...(isNew
      ? { user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: named(options.excludeCredentials) }
      : { allowCredentials: named(options.allowCredentials) }),
  };
  for (const name of ["extensions", "hints", "attestationFormats"]) if (publicKey[name] == null) delete publicKey[name];
  const made = await (isNew ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  const { response } = made;
  const credential = JSON.stringify({
    id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(),
    authenticatorAttachment: made.authenticatorAttachment ?? undefined,
    response: isNew
      ? { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] }
      : {
          clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature),
          userHandle: response.userHandle ? text(response.userHandle) : undefined,
        },
  });
  return { challenge, credential };
};

const attempt = async work => {
  try {
    return { ok: true, ...await work() };
  } catch (failure) {
    return { ok: false, code: failure.code ?? null, message: words(failure) };
  }
};

/** Makes a passkey and registers it: {ok, codes} or {ok: false, code, message}. */
export const register = name => attempt(async () => send("/account/passkeys", { ...await ask("register"), name }));

/** Proves anew who is signed in. */
export const confirm = () => attempt(async () => send("/account/passkeys/confirm", await ask("confirm")));

document.addEventListener("submit", async event => {
  const form = event.target;
  if (!form.matches?.("[data-passkey-form]") || form.elements["Form.Credential"].value) return;
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  const message = form.querySelector("[data-passkey-message]");
  button.disabled = true;
  message.hidden = true;
  const result = await attempt(() => ask(form.dataset.passkeyForm));
  button.disabled = false;
  if (!result.ok) {
    message.lastElementChild.textContent = result.message;
    message.hidden = false;
    return;
  }
  form.elements["Form.Challenge"].value = result.challenge;
  form.elements["Form.Credential"].value = result.credential;
  form.submit();
});
