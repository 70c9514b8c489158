// What is typed into a form is kept in this browser until it is sent, so that an ended session loses nothing.
const PREFIX = "xiaohao-draft:";
const DAYS = 3;

function store() {
  try {
    return window.localStorage;
  } catch (_) {
    return null; // private mode, or storage is off
  }
}

function read(key) {
  const kept = store();
  try {
    const draft = kept && JSON.parse(kept.getItem(key) || "null");
    return draft && Date.now() - draft.at < DAYS * 86400000 ? draft : null;
  } catch (_) {
    return null;
  }
}

function drop(key) {
  const kept = store();
  if (kept) kept.removeItem(key);
}

function fieldsOf(form) {
  return Array.from(form.elements).filter(
    (one) => one.name && !["hidden", "file", "password", "submit", "button"].includes(one.type) && one.tagName !== "BUTTON",
  );
}

function taken(form) {
  return fieldsOf(form).map((one) => [one.name, one.value, one.type === "checkbox" || one.type === "radio" ? one.checked : null]);
}

function fill(form, values) {
  const fields = fieldsOf(form);
  values.forEach(([name, value, checked]) => {
    const same = fields.filter((one) => one.name === name && (checked === null || one.value === value));
    same.forEach((one) => {
      if (checked === null) one.value = value;
      else one.checked = checked;
      one.dispatchEvent(new Event("change")); // what says it in words follows
    });
  });
}

export function keepDrafts() {
  const kept = store();
  if (!kept) return;
  const owner = document.querySelector(".me b");
  const who = owner ? owner.textContent : "";
  // done: what was typed for this case's forms was sent
  if (document.getElementById("done")) {
    const sent = sessionStorage.getItem("xiaohao-sent");
    if (sent) drop(sent);
  }
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const key = PREFIX + who + ":" + form.getAttribute("action");
  const draft = read(key);
  const untouched = !document.getElementById("wrong") && !form.dataset.focus;
  if (draft && untouched) offer(form, key, draft);
  form.addEventListener("input", () => {
    try {
      kept.setItem(key, JSON.stringify({ at: Date.now(), values: taken(form) }));
    } catch (_) {
      // out of space: the form itself still holds the text
    }
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "_draft") return;
    sessionStorage.setItem("xiaohao-sent", key);
  });
}

function offer(form, key, draft) {
  const before = taken(form);
  if (JSON.stringify(before) === JSON.stringify(draft.values)) return;
  fill(form, draft.values);
  const zh = document.documentElement.lang.startsWith("zh");
  const line = document.createElement("p");
  line.className = "kept";
  line.setAttribute("role", "status");
  line.textContent = zh ? "已恢复您上次未提交的内容。" : "What you had typed was filled in again.";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = zh ? "清空重填" : "Start anew";
  button.addEventListener("click", () => {
    drop(key);
    fill(form, before);
    line.remove();
  });
  line.appendChild(button);
  form.prepend(line);
}
