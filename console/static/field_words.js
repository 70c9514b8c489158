// Chinese first, English second, and small helpers to build a page from words.
const CHOSEN = "xiaohao-field-lang";

function chosen() {
  try {
    return window.localStorage.getItem(CHOSEN);
  } catch (_) {
    return null;
  }
}

let lang = chosen() || (document.documentElement.lang.startsWith("zh") ? "zh" : "en");

export const language = () => lang;
export const t = (zh, en) => (lang === "zh" ? zh : en);
export const pair = (one) => t(one[0], one[1]);
export const say = (label) => (label ? t(label.zh, label.en) : "");

export function choose(other) {
  lang = other;
  document.documentElement.lang = other === "zh" ? "zh-CN" : "en";
  try {
    window.localStorage.setItem(CHOSEN, other);
  } catch (_) {
    // private mode: for this visit only
  }
}

// h("p", {class: "hint"}, "words", child): text is text, never markup
export function h(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.keys(attributes || {}).forEach((key) => {
    const value = attributes[key];
    if (value === null || value === undefined || value === false) return;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else made.setAttribute(key, String(value));
  });
  children.flat(2).filter((one) => one !== null && one !== undefined && one !== false).forEach((one) => {
    made.appendChild(one instanceof Node ? one : document.createTextNode(String(one)));
  });
  return made;
}

export function fill(node, ...children) {
  while (node.firstChild) node.removeChild(node.firstChild);
  children.flat(2).filter(Boolean).forEach((one) => node.appendChild(one));
  return node;
}

const two = (n) => String(n).padStart(2, "0");
const SHANGHAI_MS = 8 * 3600000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// an instant as a Shanghai wall clock, whatever zone the phone is in: "2026-11-27T14:03"
export function wall(ms) {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 16);
}

export const instant = (wallClock) => `${wallClock}:00+08:00`;

export function moment(ms) {
  const at = new Date(ms + SHANGHAI_MS);
  const hour = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  return t(`${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${hour}`, `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${hour}`);
}
