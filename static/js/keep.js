// Keeps what is typed in a form until it has been saved: through a lost connection, an expired session, a closed tab.
// A form is known by the address that it is sent to; the server names that address once it has saved.
(() => {
  const person = document.querySelector("meta[name=person]")?.content;
  const keyOf = (address) => `typed:${person}:${address}`;
  for (const saved of document.querySelectorAll("[data-saved]")) localStorage.removeItem(keyOf(saved.dataset.saved));
  const isRefused = document.querySelector(".error-summary") !== null; // then a form shows what is not saved yet

  // With the edition of the text that was on screen: someone else may save before this comes back.
  const isEdition = (name) => /^edition\b/.test(name);
  const ours = (field) => field.name && (isEdition(field.name) || !["hidden", "submit", "file"].includes(field.type));
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const nameOf = (field) => (isTicked(field) ? `${field.name}=${field.value}` : field.name);
  const valueOf = (field) => (isTicked(field) ? field.checked : field.value);
  const sentOf = (field) => { // as the server sent it: a browser that loads a page again may put back what was typed
    if (isTicked(field)) return field.defaultChecked;
    if (!field.options) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
  };
  const fill = (field, value) => { field[isTicked(field) ? "checked" : "value"] = value; };
  const isText = ([name, value]) => value && !isEdition(name);

  const button = (text, kind, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `nl-button nl-button--${kind}`;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  const noticeOf = (text, ...acts) => {
    const made = document.createElement("div");
    made.className = "notice";
    made.setAttribute("role", "status");
    const said = document.createElement("p");
    said.textContent = text;
    const choice = document.createElement("p");
    choice.className = "work-actions";
    choice.append(...acts);
    made.append(said, choice);
    return made;
  };

  const keep = (form) => {
    const key = keyOf(new URL(form.action).pathname);
    const fields = () => [...form.elements].filter(ours);
    // in which a colleague wrote, and this person did not
    const fresh = new Set(fields().filter((field) => "fresh" in field.dataset).map(nameOf));
    const essence = (values) =>
      JSON.stringify(Object.entries(values).filter(isText).filter(([name]) => !fresh.has(name)).sort());
    const read = (part) => Object.fromEntries(fields().map((field) => [nameOf(field), part(field)]));
    const sent = read(sentOf);
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    const forget = () => localStorage.removeItem(key);
    const missing = () => fields().filter((field) => nameOf(field) in kept && kept[nameOf(field)] !== valueOf(field));
    const restore = () => {
      const found = missing();
      for (const field of found) fill(field, kept[nameOf(field)]);
      notice.remove();
      found.find((field) => !isEdition(field.name))?.focus();
    };
    const notice = noticeOf(
      "U had hier tekst die nog niet is opgeslagen.",
      button("Zet terug", "primary", restore),
      button("Gooi weg", "secondary", () => { forget(); notice.remove(); }),
    );

    const isMissing = () => kept && essence(kept) !== essence(read(valueOf));
    // among several texts, at the one that it belongs to
    if (isMissing()) (missing().find((field) => !isEdition(field.name))?.closest("article .field") ?? form).before(notice);
    else if (!isRefused && kept && essence(kept) === essence(sent)) forget();

    const store = () => {
      const now = read(valueOf);
      const changed = Object.entries(now).filter(([name, value]) => value !== sent[name]);
      if (notice.isConnected) localStorage.setItem(key, JSON.stringify({ ...kept, ...Object.fromEntries(changed) }));
      else if (isRefused || essence(now) !== essence(sent)) localStorage.setItem(key, JSON.stringify(now));
      else forget();
    };
    form.addEventListener("input", store);
    form.addEventListener("submit", store);
    // a browser that goes back fills in what was typed, after this
    window.addEventListener("pageshow", () => { if (!isMissing()) notice.remove(); });
  };

  // Nobody gives on a text while something typed in it has not been saved: they first choose what becomes of that.
  const guard = (form) => {
    const address = form.dataset.unsaved;
    const back = document.createElement("a");
    back.href = address;
    back.textContent = "Ga verder met wat u typte";
    const forget = button("Gooi weg", "secondary", () => { localStorage.removeItem(keyOf(address)); show(); });
    const notice = noticeOf("U typte iets in deze tekst dat nog niet is opgeslagen. Het staat niet op deze pagina.", back, forget);
    const show = () => {
      if (!localStorage.getItem(keyOf(address))) notice.remove();
      else if (!notice.isConnected) form.before(notice);
      return notice.isConnected;
    };
    show();
    window.addEventListener("pageshow", show); // also of a page that the browser had kept
    form.addEventListener("submit", (event) => {
      if (!show()) return;
      event.preventDefault();
      back.focus();
    });
  };

  document.querySelectorAll("form[data-keep]").forEach(keep);
  document.querySelectorAll("form[data-unsaved]").forEach(guard);
})();
