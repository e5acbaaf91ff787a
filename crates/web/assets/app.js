// Spares clicks; everything works without it. Makes no request to any other place than this page's own.
"use strict";
for (const zone of document.querySelectorAll(".drop")) {
  const input = zone.querySelector("input[type=file]");
  const names = zone.querySelector("ul");
  // The choice that is about several files is shown when there are several.
  const several = zone.parentElement.querySelector("[data-several]");
  if (several) several.hidden = true;
  const show = () => {
    if (several) {
      several.hidden = input.files.length < 2;
      if (several.hidden) several.querySelector("input").checked = false;
    }
    names.replaceChildren(...[...input.files].map((f) => Object.assign(document.createElement("li"), { textContent: f.name })));
  };
  input.addEventListener("change", () => { if (input.multiple) show(); });
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
  });
}
// A form is sent once, however often the button is pressed.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
}
// Forms that save as one types: half a second after the last key, and the state is said aloud.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[role=status]");
  let timer, busy = false, again = false;
  const save = async () => {
    if (busy) { again = true; return; }
    busy = true;
    const body = new URLSearchParams(new FormData(form));
    body.set("_script", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.ok) {
        const { seen } = await answer.json();
        for (const field of document.querySelectorAll("input[name=_seen]")) field.value = seen;
      }
      status.textContent = answer.ok ? form.dataset.saved : form.dataset.failed;
    } catch { status.textContent = form.dataset.failed; }
    busy = false;
    if (again) { again = false; save(); }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 500); });
}
// Exhibits can be dragged; the buttons beside them do the same by keyboard.
for (const list of document.querySelectorAll("[data-order]")) {
  let held;
  for (const row of list.querySelectorAll("[data-file]")) {
    row.draggable = true;
    row.addEventListener("dragstart", () => { held = row; row.classList.add("held"); });
    row.addEventListener("dragend", () => { held = null; row.classList.remove("held"); });
    row.addEventListener("dragover", (event) => { if (held && held !== row) event.preventDefault(); });
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!held || held === row) return;
      const { top, height } = row.getBoundingClientRect();
      const before = event.clientY > top + height / 2 ? row.nextElementSibling : row;
      if (before === held) return;
      const form = held.querySelector("form");
      const add = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      add("act", "move");
      if (before?.dataset.file) add("before", before.dataset.file);
      form.submit();
    });
  }
}
