// Inputs that keep what is said the moment it is said.
import { dressDay } from "./days.js";
import { h } from "./field_words.js";

export function field(label, input, hint) {
  const shown = input.type === "datetime-local" ? dressDay(input) : input;
  return h("label", { class: "field" }, h("span", {}, label), shown, hint ? h("small", {}, hint) : null);
}

export function bound(form, name, save, attributes) {
  const area = attributes && attributes.rows;
  const input = h(area ? "textarea" : "input", Object.assign({ name, autocomplete: "off" }, attributes));
  input.value = form[name] || "";
  input.addEventListener("input", () => { form[name] = input.value; save(); });
  return input;
}

export function ticked(form, name, save, words) {
  const input = h("input", { type: "checkbox", name });
  input.checked = Boolean(form[name]);
  input.addEventListener("change", () => { form[name] = input.checked; save(); });
  return h("label", { class: "tick" }, input, words);
}

export function chosen(form, name, save, options) {
  const input = h("select", { name }, options.map(([value, words]) => h("option", { value }, words)));
  input.value = form[name] || "";
  input.addEventListener("change", () => { form[name] = input.value; save(); });
  return input;
}
