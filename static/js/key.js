// Adds or uses a security key (WebAuthn). The page holds what the server asks, and a form that takes the answer back.
(() => {
  const place = document.querySelector("[data-key]");
  const asked = JSON.parse(document.getElementById("key-options").textContent).publicKey;
  if (!window.PublicKeyCredential || !navigator.credentials) {
    place.hidden = false;
    place.textContent = "Deze browser kan niet met beveiligingssleutels werken. Kies een andere manier.";
    return;
  }
  const form = place.querySelector("form");
  const said = form.querySelector("[role=status]");
  place.hidden = false;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const known = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const create = async () => {
    const key = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: known(asked.excludeCredentials),
      },
    });
    return answer(key, {
      attestationObject: text(key.response.attestationObject),
      transports: key.response.getTransports ? key.response.getTransports() : [],
    });
  };

  const get = async () => {
    const key = await navigator.credentials.get({
      publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) },
    });
    return answer(key, {
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
    });
  };

  const answer = (key, response) => ({
    type: key.type,
    id: key.id,
    rawId: text(key.rawId),
    authenticatorAttachment: key.authenticatorAttachment,
    response: { clientDataJSON: text(key.response.clientDataJSON), ...response },
    clientExtensionResults: key.getClientExtensionResults(),
  });

  form.querySelector("button").addEventListener("click", async () => {
    said.textContent = "Volg de aanwijzingen van uw browser.";
    try {
      const credential = await (place.dataset.key === "create" ? create() : get());
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch (problem) {
      said.textContent =
        problem.name === "InvalidStateError"
          ? "Deze sleutel is al toegevoegd."
          : problem.name === "SecurityError"
            ? "Op dit adres kan uw browser geen sleutel gebruiken. Kies een app die codes maakt."
            : "Dat lukte niet, of u brak het af. Probeer het opnieuw, of kies een andere manier.";
    }
  });
})();
