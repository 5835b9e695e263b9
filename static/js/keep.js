// Keeps what is typed in a form until it has been saved: through a lost connection, an expired session, a closed tab.
// A form is known by the address that it is sent to; the server names that address once it has saved.
(() => {
  const person = document.querySelector("meta[name=person]")?.content;
  const keyOf = (address) => `typed:${person}:${address}`;
  for (const saved of document.querySelectorAll("[data-saved]")) localStorage.removeItem(keyOf(saved.dataset.saved));

  const ours = (field) => field.name && !["hidden", "submit", "file"].includes(field.type);
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const nameOf = (field) => (isTicked(field) ? `${field.name}=${field.value}` : field.name);
  const essence = (values) => JSON.stringify(Object.entries(values).filter(([, value]) => value).sort());

  const button = (text, kind, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `nl-button nl-button--${kind}`;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  const keep = (form) => {
    const key = keyOf(new URL(form.action).pathname);
    const fields = () => [...form.elements].filter(ours);
    const typed = () => Object.fromEntries(fields().map((field) => [nameOf(field), isTicked(field) ? field.checked : field.value]));
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    const restore = () => {
      for (const field of fields().filter((field) => nameOf(field) in kept)) {
        if (isTicked(field)) field.checked = kept[nameOf(field)];
        else field.value = kept[nameOf(field)];
      }
    };

    if (kept && essence(kept) !== essence(typed())) {
      const notice = document.createElement("div");
      notice.className = "notice";
      notice.setAttribute("role", "status");
      const said = document.createElement("p");
      said.textContent = "U had hier tekst die nog niet is opgeslagen.";
      notice.append(
        said,
        button("Zet terug", "primary", () => { restore(); notice.remove(); }),
        " ",
        button("Gooi weg", "secondary", () => { localStorage.removeItem(key); notice.remove(); }),
      );
      form.before(notice);
    } else localStorage.removeItem(key);

    let timer;
    const store = () => localStorage.setItem(key, JSON.stringify(typed()));
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(store, 300); });
    form.addEventListener("submit", () => { clearTimeout(timer); store(); });
  };

  document.querySelectorAll("form[data-keep]").forEach(keep);
})();
