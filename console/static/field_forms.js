// The two things an inspector does on the spot: record a visit, and re-inspect what was to be put right.
import { drop, keep, newKey, photosOf, put, thing } from "./field_store.js";
import { now } from "./field_queue.js";
import { photoBox, signatureBox } from "./field_photos.js";
import { fill, h, instant, pair, t, wall } from "./field_words.js";

const SHOWN = 6;
const PHOTO = "现场照片";
const AFTER = "复查照片";
const SIGNED = "当事人现场签名";
const MOST_FINDINGS = 30;
const KINDS = () => JSON.parse(document.getElementById("app").dataset.kinds);

export function newVisit(me) {
  return {
    id: newKey(), key: newKey(), kind: "visit", owner: me.user_id, state: "draft", at: Date.now(), refusal: null, cases: null,
    form: {
      enterprise: null, kind: Object.keys(KINDS())[0], officers: [me.user_id], started_at: wall(now()), ended_at: "", place: "",
      summary: "", served: true, findings: [newFinding()],
    },
  };
}

const newFinding = () => ({ title: "", location: "", requirements: "", days: "", standard: "", fixed: false });

export function newReinspection(me, taken) {
  return {
    id: newKey(), key: newKey(), kind: "reinspect", owner: me.user_id, state: "draft", at: Date.now(), refusal: null,
    case_id: taken.case_id, base: taken.seq, taken,
    form: { officers: [me.user_id], items: taken.items.map((one) => ({ no: one.no, passed: null, note: "" })), days: "", opinion: "" },
  };
}

// writes after writes: the last keystroke is the last thing kept
let writing = Promise.resolve();
export function saver(work, saved) {
  return () => {
    work.changed = Date.now();
    const row = JSON.parse(JSON.stringify(work));
    writing = writing.then(() => put("works", row)).then(() => saved(true), () => saved(false));
    return writing;
  };
}

function field(label, input, hint) {
  return h("label", { class: "field" }, h("span", {}, label), input, hint ? h("small", {}, hint) : null);
}

function bound(form, name, save, attributes) {
  const area = attributes && attributes.rows;
  const input = h(area ? "textarea" : "input", Object.assign({ name, autocomplete: "off" }, attributes));
  input.value = form[name] || "";
  input.addEventListener("input", () => { form[name] = input.value; save(); });
  return input;
}

function ticked(form, name, save, words) {
  const input = h("input", { type: "checkbox", name });
  input.checked = Boolean(form[name]);
  input.addEventListener("change", () => { form[name] = input.checked; save(); });
  return h("label", { class: "tick" }, input, words);
}

function chosen(form, name, save, options) {
  const input = h("select", { name }, options.map(([value, words]) => h("option", { value }, words)));
  input.value = form[name] || "";
  input.addEventListener("change", () => { form[name] = input.value; save(); });
  return input;
}

// by search among what was taken along: the first letters of a name, or a part of the address
async function enterprisePicker(form, save, picked) {
  const known = (await thing("enterprises")) || [];
  const box = h("div", { class: "pick" });
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
      const found = known.filter((one) => `${one.name} ${one.address} ${one.uscc}`.toLowerCase().includes(words));
      fill(list, found.slice(0, SHOWN).map((one) => h("li", {}, h("button", {
        type: "button", class: "link", onclick: () => { form.enterprise = one; picked(one); save(); show(); },
      }, h("b", {}, one.name), h("small", {}, one.address)))),
      found.length > SHOWN ? h("li", { class: "hint" }, t(`另有 ${found.length - SHOWN} 家，请再输入几个字`, `${found.length - SHOWN} more: type on`)) : null,
      known.length ? null : h("li", { class: "hint" }, t("还没有带出企业名录：请先在有网络时打开本页一次。", "No enterprises were taken along: open this page once with a connection.")));
    };
    search.addEventListener("input", narrow);
    fill(box, search, list);
    narrow();
  };
  show();
  return box;
}

// Those one goes out with come first: whoever is chosen, the partners of last time, one's own office; the others by search.
async function officerTicks(work, save) {
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
    return h("label", { class: "tick" }, input, h("span", {}, one.name, h("small", {}, one.org)));
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
async function standardPicker(finding, save, written) {
  const standards = (await thing("standards")) || [];
  const options = [["", t("不疑似重大", "not suspected to be major")]].concat(standards.map((one) => [one.value, one.text]));
  const input = chosen(finding, "standard", save, options);
  input.addEventListener("change", () => {
    const found = standards.find((one) => one.value === finding.standard);
    if (found && !finding.title) {
      finding.title = found.heading.slice(0, 100);
      written();
      save();
    }
  });
  return input;
}

async function findingCard(work, no, save, redraw, changed) {
  const finding = work.form.findings[no];
  const title = bound(finding, "title", save, { maxlength: 200 });
  const days = await thing("days");
  return h("fieldset", { class: "card finding" },
    h("legend", {}, t(`第 ${no + 1} 项问题`, `Finding ${no + 1}`)),
    field(t("问题", "What is wrong"), title),
    field(t("部位", "Where"), bound(finding, "location", save, { maxlength: 200 })),
    field(t("整改要求", "What must be done"), bound(finding, "requirements", save, { rows: 2 }), t("一行一项", "one a line")),
    field(t("整改期限（天）", "Days to put it right"), bound(finding, "days", save, { type: "number", inputmode: "numeric", min: 1, max: 3650, placeholder: days || "" }),
      days ? t(`不填按政策 ${days} 天，自送达次日起算`, `${days} by the policy when left empty, from the day after service`) : null),
    field(t("疑似重大事故隐患", "Suspected major hazard"), await standardPicker(finding, save, () => { title.value = finding.title; })),
    ticked(finding, "fixed", save, t("当场整改完毕", "Put right on the spot")),
    await photoBox(work, { finding: no }, PHOTO, changed),
    work.form.findings.length > 1 && no === work.form.findings.length - 1 ? h("button", {
      type: "button", class: "quiet small",
      onclick: async () => {
        work.form.findings.pop();
        for (const one of await photosOf(work.id)) if (one.finding === no) await drop("photos", one.id);
        save();
        redraw();
      },
    }, t("删除这一项", "Remove this one")) : null);
}

async function findingCards(work, box, save, changed) {
  const redraw = async () => {
    const cards = [];
    for (let no = 0; no < work.form.findings.length; no += 1) cards.push(await findingCard(work, no, save, redraw, changed));
    fill(box, ...cards, h("button", {
      type: "button", disabled: work.form.findings.length >= MOST_FINDINGS,
      onclick: () => { work.form.findings.push(newFinding()); save(); redraw(); },
    }, t("＋ 再加一项问题", "＋ Another finding")));
  };
  await redraw();
  return box;
}

export async function visitForm(work, save, changed) {
  const form = work.form;
  const place = bound(form, "place", save, { maxlength: 200 });
  const picked = (one) => {
    if (!form.place) {
      form.place = one.address;
      place.value = one.address;
    }
  };
  const kinds = Object.keys(KINDS()).map((key) => [key, pair(KINDS()[key])]);
  return [
    h("section", { class: "card" },
      h("div", { class: "field" }, h("span", {}, t("企业", "Enterprise")), await enterprisePicker(form, save, picked)),
      field(t("检查方式", "Kind of visit"), chosen(form, "kind", save, kinds)),
      h("div", { class: "field" }, h("span", {}, t("检查人员（两名以上持证）", "Officers (two or more, certified)")), await officerTicks(work, save)),
      field(t("开始", "Began"), bound(form, "started_at", save, { type: "datetime-local" })),
      field(t("结束", "Ended"), bound(form, "ended_at", save, { type: "datetime-local" }), t("不填即为提交的时刻", "the moment it is sent off when left empty")),
      field(t("地点", "Place"), place)),
    await findingCards(work, h("section", { class: "findings" }), save, changed),
    h("section", { class: "card" },
      field(t("检查情况", "Remarks"), bound(form, "summary", save, { rows: 2 })),
      ticked(form, "served", save, t("整改指令当场送达", "The order was served on the spot")),
      h("div", { class: "field" }, h("span", {}, t("当事人签名", "Signature of the party")), await signatureBox(work, { finding: 0 }, SIGNED, changed))),
  ];
}

const lines = (text) => text.split("\n").map((one) => one.trim()).filter(Boolean);

// What is missing before a work can leave the phone; what only the server knows, it says later.
export async function missingIn(work) {
  const form = work.form;
  const photos = await photosOf(work.id);
  const found = [];
  if (work.kind === "visit") {
    if (!form.enterprise) found.push(t("选择企业", "choose the enterprise"));
    if (!form.place.trim()) found.push(t("填写地点", "say where"));
    form.findings.forEach((one, no) => {
      if (form.findings.length === 1 && !one.title && !one.requirements && !photos.length) return; // a clean visit
      if (!one.title.trim()) found.push(t(`第 ${no + 1} 项：写明问题`, `finding ${no + 1}: say what is wrong`));
      if (!lines(one.requirements).length) found.push(t(`第 ${no + 1} 项：写明整改要求`, `finding ${no + 1}: say what must be done`));
    });
  } else {
    form.items.forEach((one) => {
      if (one.passed === null) found.push(t(`第 ${one.no} 项：通过或不通过`, `item ${one.no}: passed or not`));
    });
    if (form.items.some((one) => one.passed === false) && !form.days) found.push(t("有未通过的事项：填写新的期限", "something failed: give a new deadline"));
  }
  if (form.officers.length < 2) found.push(t("检查人员不少于两名", "two officers at least"));
  return found;
}

function standardOf(value) {
  const [standard_id, version, clause] = value.split("|");
  return { standard_id, version, clause };
}

function visitBody(form) {
  const ended = instant(form.ended_at || wall(now()));
  const findings = form.findings.filter((one) => one.title.trim()).map((one) => Object.assign(
    { title: one.title.trim(), location: one.location.trim(), requirements: lines(one.requirements), fixed_on_spot: one.fixed },
    one.days ? { deadline_days: Number(one.days) } : {},
    one.standard ? { suspected_major: standardOf(one.standard) } : {},
  ));
  const ordered = findings.some((one) => !one.fixed_on_spot);
  return Object.assign({
    enterprise_id: form.enterprise.enterprise_id, kind: form.kind, officers: form.officers, started_at: instant(form.started_at),
    ended_at: ended, place: form.place.trim(), summary: form.summary.trim(), findings,
  }, form.served && ordered ? { service: { served_at: ended, method: "in_person" } } : {});
}

function reinspectBody(form) {
  const failed = form.items.some((one) => one.passed === false);
  return Object.assign(
    { officers: form.officers, findings: form.items.map((one) => ({ no: one.no, passed: one.passed, note: one.note.trim() })), opinion: form.opinion.trim() },
    failed ? { new_deadline_days: Number(form.days) } : {},
  );
}

export const bodyOf = (work) => (work.kind === "visit" ? visitBody(work.form) : reinspectBody(work.form));

function verdict(item, save) {
  const one = (passed, words) => {
    const input = h("input", { type: "radio", name: `passed-${item.no}` });
    input.checked = item.passed === passed;
    input.addEventListener("change", () => { item.passed = passed; save(); });
    return h("label", { class: "tick" }, input, words);
  };
  return h("div", { class: "ticks" }, one(true, t("通过", "Passed")), one(false, t("不通过", "Not passed")));
}

export async function reinspectForm(work, save, changed) {
  const { form, taken } = work;
  const before = taken.photos.map((one) => h("figure", {}, h("img", { src: `/evidence/${encodeURIComponent(one.evidence_id)}/thumbnail`, alt: one.purpose, loading: "lazy" }), h("figcaption", {}, one.purpose)));
  const items = form.items.map((item) => h("fieldset", { class: "card finding" },
    h("legend", {}, `${item.no}. ${taken.items.find((one) => one.no === item.no).text}`),
    verdict(item, save),
    field(t("说明", "Note"), bound(item, "note", save, { maxlength: 2000 }))));
  return [
    h("section", { class: "card" }, h("h2", {}, taken.title), h("p", { class: "hint" }, `${taken.number} · ${taken.enterprise}`),
      h("div", { class: "photos" }, before.length ? before : h("p", { class: "hint" }, t("没有以前的照片。", "No earlier photographs.")))),
    ...items,
    h("section", { class: "card" },
      h("div", { class: "field" }, h("span", {}, t("复查照片", "Photographs now")), await photoBox(work, { finding: 0 }, AFTER, changed)),
      field(t("新的期限（天，有未通过时必填）", "New deadline in days (when something failed)"), bound(form, "days", save, { type: "number", inputmode: "numeric", min: 1, max: 3650 })),
      field(t("复查意见", "Opinion"), bound(form, "opinion", save, { rows: 2 })),
      h("div", { class: "field" }, h("span", {}, t("复查人员（两名以上持证）", "Officers (two or more, certified)")), await officerTicks(work, save))),
  ];
}

export const titleOf = (work) => (work.kind === "visit"
  ? (work.form.enterprise ? work.form.enterprise.name : t("未选企业的检查", "A visit, no enterprise yet"))
  : `${t("复查", "Re-inspection")}：${work.taken.title}`);
