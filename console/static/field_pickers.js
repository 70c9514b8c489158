// What is chosen among the things taken along: the enterprise, the officers, the criteria of its industry.
import { keep, thing } from "./field_store.js";
import { bound, field } from "./field_inputs.js";
import { fill, h, t } from "./field_words.js";

const SHOWN = 6;
const EARTH_KM = 6371;

// how far apart two places are, in kilometres
export function apart(a, b) {
  const rad = (degrees) => degrees * Math.PI / 180;
  const half = Math.sin(rad(b.latitude - a.latitude) / 2) ** 2
    + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * Math.sin(rad(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(half));
}

const NOWHERE = 1e9;
const away = (here, one) => (here && one.latitude !== null && one.latitude !== undefined ? apart(here, one) : NOWHERE);
const farness = (km) => (km >= NOWHERE ? "" : km < 1 ? t(`${Math.round(km * 1000)} 米`, `${Math.round(km * 1000)} m`) : t(`${km.toFixed(1)} 公里`, `${km.toFixed(1)} km`));

// Among what was taken along: those of one's own groups first; the nearest first once the device says where it is; or by
// search, the first letters of a name, or a part of the address.
export async function enterprisePicker(form, save, picked) {
  const known = (await thing("enterprises")) || [];
  const box = h("div", { class: "pick" });
  let here = null;
  const show = () => {
    if (form.enterprise) {
      fill(box, h("p", { class: "picked" }, h("b", {}, form.enterprise.name), h("small", {}, form.enterprise.address || ""),
        h("button", { type: "button", class: "quiet small", onclick: () => { form.enterprise = null; save(); show(); } }, t("另选", "Change"))));
      return;
    }
    const list = h("ul", {});
    const search = h("input", { type: "search", name: "enterprise", autocomplete: "off", placeholder: t("企业名称、地址或信用代码", "name, address or credit code") });
    const narrow = () => {
      const words = search.value.trim().toLowerCase();
      const found = known.filter((one) => `${one.name} ${one.address} ${one.uscc}`.toLowerCase().includes(words))
        .sort((x, y) => away(here, x) - away(here, y) || Number(Boolean(y.watched)) - Number(Boolean(x.watched)));
      fill(list, found.slice(0, SHOWN).map((one) => h("li", {}, h("button", {
        type: "button", class: "link", onclick: () => { form.enterprise = one; picked(one); save(); show(); },
      }, h("b", {}, one.name), one.watched ? h("span", { class: "badge" }, t("我挂钩的", "my group's")) : null,
        h("small", {}, [farness(away(here, one)), one.address].filter(Boolean).join(" · "))))),
      found.length > SHOWN ? h("li", { class: "hint" }, t(`另有 ${found.length - SHOWN} 家，请再输入几个字`, `${found.length - SHOWN} more: type on`)) : null,
      known.length ? null : h("li", { class: "hint" }, t("还没有带出企业名录：请先在有网络时打开本页一次。", "No enterprises were taken along: open this page once with a connection.")));
    };
    search.addEventListener("input", narrow);
    const told = h("p", { class: "hint", role: "status" });
    const near = h("button", { type: "button", class: "quiet small", onclick: () => whereAmI((found) => {
      here = found;
      fill(told, document.createTextNode(found ? t("由近到远排列；没有录入位置的在最后。", "The nearest first; those without a known place last.") : t("手机没有给出位置。", "The device does not say where it is.")));
      narrow();
    }) }, t("按距离排列", "Nearest first"));
    fill(box, search, navigator.geolocation ? h("div", { class: "near" }, near, told) : null, list);
    narrow();
  };
  show();
  return box;
}

const NEAR_ENOUGH = { maximumAge: 60000, timeout: 15000 };

function whereAmI(answer) {
  navigator.geolocation.getCurrentPosition((found) => answer(found.coords), () => answer(null), NEAR_ENOUGH);
}

// Those one goes out with come first: whoever is chosen, the partners of last time, one's own office; the others by search.
export async function officerTicks(work, save) {
  const { form, owner } = work;
  const known = ((await thing("officers")) || []).filter((one) => one.certified || form.officers.includes(one.user_id));
  const partners = (await thing("partners")) || [];
  const own = (known.find((one) => one.user_id === owner) || {}).org;
  const nearest = [(one) => form.officers.includes(one.user_id), (one) => partners.includes(one.user_id), (one) => one.org === own, () => true];
  const place = (one) => nearest.findIndex((near) => near(one));
  const sorted = known.slice().sort((x, y) => place(x) - place(y));
  const list = h("div", { class: "ticks" });
  const search = h("input", { type: "search", autocomplete: "off", "aria-label": t("按姓名查找", "Find by name"), placeholder: t("按姓名查找", "find by name") });
  const tick = (one) => {
    const input = h("input", { type: "checkbox", name: "officers", value: one.user_id });
    input.checked = form.officers.includes(one.user_id);
    input.addEventListener("change", () => {
      form.officers = form.officers.filter((id) => id !== one.user_id).concat(input.checked ? [one.user_id] : []);
      keep("partners", form.officers);
      save();
    });
    return h("label", { class: "tick" }, input, h("span", {}, t(one.called.zh, one.called.en) || one.name, h("small", {}, one.org)));
  };
  const show = () => {
    const words = search.value.trim();
    const found = words ? sorted.filter((one) => one.name.includes(words)) : sorted;
    const shown = found.filter((one, no) => no < SHOWN || form.officers.includes(one.user_id));
    const more = found.length - shown.length;
    fill(list, shown.map(tick), more > 0 ? h("p", { class: "hint" }, t(`另有 ${more} 人，请按姓名查找`, `${more} more: find them by name`)) : null);
  };
  search.addEventListener("input", show);
  show();
  return known.length > SHOWN ? h("div", {}, search, list) : list;
}

// The item templates: the clauses of the standards of the enterprise's industry first; choosing one writes its heading.
export async function standardPicker(finding, industry, save, written) {
  const standards = (await thing("standards")) || [];
  const own = standards.filter((one) => industry && (one.industries || []).includes(industry));
  const others = standards.filter((one) => !own.includes(one));
  const option = (one) => h("option", { value: one.value }, one.text);
  const group = (words, found) => (found.length ? h("optgroup", { label: words }, found.map(option)) : null);
  const input = h("select", { name: "standard" }, h("option", { value: "" }, t("不疑似重大", "not suspected to be major")),
    own.length ? [group(t("本行业", "of this industry"), own), group(t("其他", "others"), others)] : others.map(option));
  input.value = finding.standard || "";
  const clause = field(t("条款", "Clause"), bound(finding, "clause", save, { maxlength: 64 }), t("写明条、款、项", "article, paragraph, item"));
  const show = () => {
    const found = standards.find((one) => one.value === finding.standard);
    clause.hidden = !(found && found.open);
    return found;
  };
  input.addEventListener("change", () => {
    finding.standard = input.value;
    const found = show();
    if (found && found.heading && !finding.title) {
      finding.title = found.heading.slice(0, 100);
      written();
    }
    save();
  });
  show();
  return [field(t("疑似重大事故隐患", "Suspected major hazard"), input), clause];
}
