// Copies an address: that of a link, or what stands in the field that a button names. Without it the link is a link.
(() => {
  if (!navigator.clipboard) return;
  document.querySelectorAll("button[data-copy]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", async (event) => {
    const asked = event.target.closest("[data-copy]");
    if (!asked || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const field = document.getElementById(asked.dataset.copy);
    const said = asked.parentElement.querySelector("[role=status]");
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(field ? field.value : asked.href);
      said.textContent = "Gekopieerd";
    } catch {
      if (field) field.select();
      else location.assign(asked.href);
    }
  });
})();
