// What pages do beyond HTML; every page works without any of it.
import { keepDrafts } from "./drafts.js";
import "./inputs.js";
import { sendInSight } from "./uploads.js";

function focusFirst() {
  const wrong = document.getElementById("wrong") || document.getElementById("done");
  if (wrong) {
    wrong.focus();
    return;
  }
  const form = document.querySelector("form[data-focus]");
  const place = form && document.getElementById(form.dataset.focus);
  if (place) {
    const first = place.querySelector("input:not([type=hidden]), textarea, select") || place;
    first.focus();
    place.scrollIntoView({ block: "center" });
  }
}

// a link of the error summary leads into the field, not only to its frame
function followSummary() {
  document.querySelectorAll(".summary a[href^='#f-']").forEach((link) => {
    link.addEventListener("click", (event) => {
      const place = document.getElementById(link.getAttribute("href").slice(1));
      if (!place) return;
      const field = place.matches("input, textarea, select")
        ? place
        : place.querySelector("input:not([type=hidden]), textarea, select");
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.scrollIntoView({ block: "center" });
    });
  });
}

// one act for a double click; the server holds this too, by the key in the form
function sendOnce() {
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const button = form.querySelector("[data-submit]");
    const again = () => {
      delete form.dataset.sent;
      if (button) button.disabled = false;
    };
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name === "_draft") return; // nothing is given by it
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      sendInSight(form, event, again);
      // disabled a moment later: a disabled button would not be sent along
      if (button) setTimeout(() => { button.disabled = Boolean(form.dataset.sent); }, 0);
    });
    window.addEventListener("pageshow", () => {
      form.querySelectorAll(".sending").forEach((line) => line.remove());
      again();
    });
  });
}

// gone back to, a form is the one that was sent: its key stays with this place in the history, so that it acts once; what was
// shown anew in the same place has a key of its own
function keepKeys(anew) {
  const forms = Array.from(document.querySelectorAll("input[name=_key]"));
  if (!forms.length) return;
  const kept = (!anew && window.history.state && window.history.state.keys) || {};
  const keys = {};
  forms.forEach((one) => {
    let name = one.form.getAttribute("action") || ""; // a list may have changed meanwhile: no form gets the key of another
    while (name in keys) name += "+";
    if (name in kept) one.value = kept[name];
    keys[name] = one.value;
  });
  window.history.replaceState(Object.assign({}, window.history.state, { keys }), "");
}

function narrowLists() {
  document.querySelectorAll("[data-narrow]").forEach((box) => {
    box.hidden = false;
    const lines = Array.from(box.closest("fieldset").querySelectorAll(".options .tick"));
    box.addEventListener("input", () => {
      const words = box.value.trim().toLowerCase();
      lines.forEach((line) => {
        line.hidden = words !== "" && !line.textContent.toLowerCase().includes(words) && !line.querySelector("input").checked;
      });
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  });
}

// on a phone the list comes first: filters nobody has set are folded away
function foldFilters() {
  if (!window.matchMedia("(max-width: 720px)").matches) return;
  document.querySelectorAll("details[data-fold]").forEach((box) => { box.open = false; });
}

// a long row of steps begins where the case stands
function showStep() {
  document.querySelectorAll(".stepbar").forEach((bar) => {
    const here = bar.querySelector(".here");
    if (here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.clientWidth) / 2;
  });
}

// the numbers beside the menu, while somebody looks at the page; asking does not keep a session alive
const BADGE_MS = 60000;

function showCounts(told) {
  document.querySelectorAll("[data-count]").forEach((badge) => {
    const count = told[badge.dataset.count] || 0;
    badge.hidden = count === 0;
    badge.textContent = count > told.most ? `${told.most}+` : String(count);
  });
}

function showSignedOut() {
  if (document.getElementById("signed-out")) return;
  const zh = document.documentElement.lang.startsWith("zh");
  const line = document.createElement("p");
  line.id = "signed-out";
  line.className = "acting";
  line.setAttribute("role", "status");
  line.textContent = zh ? "登录已失效。填写的内容还在，" : "Your session has ended. What you typed is kept; ";
  const link = document.createElement("a");
  link.href = `/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`;
  link.textContent = zh ? "请重新登录" : "sign in again";
  line.appendChild(link);
  document.getElementById("main").prepend(line);
}

function keepCounting() {
  if (!document.querySelector("[data-count]")) return;
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch("/badge", { headers: { "X-Unattended": "1" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") showSignedOut();
      else if (answer.ok) showCounts(await answer.json());
    } catch (_) {
      // no connection: the numbers stay as they are
    }
  };
  window.setInterval(ask, BADGE_MS);
  document.addEventListener("visibilitychange", ask);
}

// of a row that is wider than the phone, where one is comes into sight
function showHere() {
  document.querySelectorAll(".menu [aria-current]").forEach((one) => {
    const list = one.closest("ul");
    const lines = Array.from(list.children);
    const first = Math.max(0, lines.indexOf(one.closest("li")) - 2); // whole lines only, this one the third
    list.scrollLeft = lines[first].offsetLeft - lines[0].offsetLeft;
  });
}

// what is folded away is opened by the button, on paper, and where a link leads into it
function openFolded() {
  const folded = Array.from(document.querySelectorAll("details[data-open-to-print]"));
  const open = () => folded.forEach((box) => { box.open = true; });
  document.querySelectorAll("[data-open-all]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", open);
  });
  window.addEventListener("beforeprint", open);
  const place = window.location.hash && document.getElementById(window.location.hash.slice(1));
  const box = place && place.closest("details");
  if (box && !box.open) {
    box.open = true;
    place.scrollIntoView({ block: "center" });
  }
}

function offerPrint() {
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}

// the field page keeps its language on the phone: what is chosen here holds there too
function keepLanguage() {
  document.querySelectorAll("form[action='/language']").forEach((form) => {
    form.addEventListener("submit", () => {
      try {
        window.localStorage.setItem("xiaohao-field-lang", form.querySelector("button").value);
      } catch (_) {
        // private mode: the field page keeps its own
      }
    });
  });
}

function begin() {
  foldFilters();
  showHere();
  offerPrint();
  openFolded();
  showStep();
  focusFirst();
  followSummary();
  sendOnce();
  narrowLists();
  keepDrafts();
}

begin();
keepKeys(false);
keepCounting();
keepLanguage();
document.addEventListener("shown", begin);
document.addEventListener("shown", () => keepKeys(true));
