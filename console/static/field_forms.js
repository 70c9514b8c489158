// The two things an inspector does on the spot: record a visit, and re-inspect what was to be put right.
import { drop, newKey, photosOf, put, thing } from "./field_store.js";
import { SIGNED, now } from "./field_queue.js";
import { officerTicks, enterprisePicker, standardPicker } from "./field_pickers.js";
import { bound, chosen, field, ticked } from "./field_inputs.js";
import { photoBox, signatureBox } from "./field_photos.js";
import { fill, h, instant, pair, t, wall } from "./field_words.js";

const PHOTO = "现场照片";
const AFTER = "复查照片";
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

const newFinding = () => ({ title: "", location: "", requirements: "", days: "", standard: "", clause: "", fixed: false });

export function newReinspection(me, taken) {
  return {
    id: newKey(), key: newKey(), kind: "reinspect", owner: me.user_id, state: "draft", at: Date.now(), refusal: null,
    case_id: taken.case_id, base: taken.seq, taken,
    form: { officers: [me.user_id], items: taken.items.map((one) => ({ no: one.no, passed: null, note: "" })), days: "", opinion: "" },
  };
}

// writes after writes: the last keystroke is the last thing kept, and only then is anything called kept
let writing = Promise.resolve(), last = 0;
export function saver(work, saved) {
  return () => {
    work.changed = Date.now();
    const row = JSON.parse(JSON.stringify(work)), mine = ++last;
    const told = (kept) => mine === last && saved(kept);
    saved(null);
    writing = writing.then(() => put("works", row)).then(() => told(true), () => told(false));
    return writing;
  };
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
    ...await standardPicker(finding, (work.form.enterprise || {}).industry, save, () => { title.value = finding.title; }),
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

function findingCards(work, box, save, changed) {
  const redraw = async () => {
    const cards = [];
    for (let no = 0; no < work.form.findings.length; no += 1) cards.push(await findingCard(work, no, save, redraw, changed));
    fill(box, ...cards, h("button", {
      type: "button", disabled: work.form.findings.length >= MOST_FINDINGS,
      onclick: () => { work.form.findings.push(newFinding()); save(); redraw(); },
    }, t("＋ 再加一项问题", "＋ Another finding")));
  };
  return redraw;
}

export async function visitForm(work, save, changed) {
  const form = work.form;
  const place = bound(form, "place", save, { maxlength: 200 });
  const findings = h("section", { class: "findings" });
  const redraw = findingCards(work, findings, save, changed);
  const picked = (one) => {
    if (!form.place) {
      form.place = one.address;
      place.value = one.address;
    }
    redraw();
  };
  await redraw();
  const kinds = Object.keys(KINDS()).map((key) => [key, pair(KINDS()[key])]);
  return [
    h("section", { class: "card" },
      h("div", { class: "field" }, h("span", {}, t("企业", "Enterprise")), await enterprisePicker(form, save, picked)),
      field(t("检查方式", "Kind of visit"), chosen(form, "kind", save, kinds)),
      h("div", { class: "field" }, h("span", {}, t("检查人员（两名以上持证）", "Officers (two or more, certified)")), await officerTicks(work, save)),
      field(t("开始", "Began"), bound(form, "started_at", save, { type: "datetime-local" })),
      field(t("结束", "Ended"), bound(form, "ended_at", save, { type: "datetime-local" }), t("不填即为提交的时刻", "the moment it is sent off when left empty")),
      field(t("地点", "Place"), place)),
    findings,
    h("section", { class: "card" },
      field(t("检查情况", "Remarks"), bound(form, "summary", save, { rows: 2 })),
      ticked(form, "served", save, t("整改指令当场送达", "The order was served on the spot")),
      h("div", { class: "field" }, h("span", {}, t("当事人签名", "Signature of the party")), await signatureBox(work, { finding: 0 }, SIGNED, changed)),
      field(t("拒绝签字的，见证人一", "If it refuses to sign: first witness"), bound(witnessesOf(form), 0, save, { name: "witness_one", maxlength: 50 })),
      field(t("见证人二", "Second witness"), bound(witnessesOf(form), 1, save, { name: "witness_two", maxlength: 50 }))),
  ];
}

// who saw that the party refused to sign; a draft of an older version has none
function witnessesOf(form) {
  form.witnesses = form.witnesses || ["", ""];
  return form.witnesses;
}

const named = (form) => witnessesOf(form).map((one) => one.trim()).filter(Boolean);

const signedIn = (photos) => photos.some((one) => one.purpose === SIGNED);

const lines = (text) => text.split("\n").map((one) => one.trim()).filter(Boolean);

// What is missing before a work can leave the phone; what only the server knows, it says later.
export async function missingIn(work) {
  const form = work.form;
  const photos = await photosOf(work.id);
  const found = [];
  if (work.kind === "visit") {
    if (!form.enterprise) found.push(t("选择企业", "choose the enterprise"));
    if (!form.place.trim()) found.push(t("填写地点", "say where"));
    if (named(form).length && signedIn(photos)) found.push(t("当事人已签名：不填见证人，或者重签清除签名", "the party signed: no witnesses, or clear the signature"));
    else if (named(form).length && new Set(named(form)).size < 2) found.push(t("拒绝签字的，写明两名见证人", "a refusal to sign takes two witnesses"));
    form.findings.forEach((one, no) => {
      if (form.findings.length === 1 && !one.title && !one.requirements && !photos.some((photo) => photo.purpose !== SIGNED)) return; // a clean visit
      if (!one.title.trim()) found.push(t(`第 ${no + 1} 项：写明问题`, `finding ${no + 1}: say what is wrong`));
      if (/\|$/.test(one.standard || "") && !(one.clause || "").trim()) found.push(t(`第 ${no + 1} 项：写明判定标准的条款`, `finding ${no + 1}: name the clause of the standard`));
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

function standardOf(value, written) {
  const [standard_id, version, clause] = value.split("|");
  return { standard_id, version, clause: clause || (written || "").trim() };
}

// what was drawn goes to the first case; a visit that found nothing has none, and its record is signed on paper
function signing(form, photos, findings) {
  if (named(form).length) return { signing: { refused_before: named(form) } };
  return findings.length && signedIn(photos) ? { signing: { on_screen: true } } : {};
}

function visitBody(form, photos) {
  const ended = instant(form.ended_at || wall(now()));
  const findings = form.findings.filter((one) => one.title.trim()).map((one) => Object.assign(
    { title: one.title.trim(), location: one.location.trim(), requirements: lines(one.requirements), fixed_on_spot: one.fixed },
    one.days ? { deadline_days: Number(one.days) } : {},
    one.standard ? { suspected_major: standardOf(one.standard, one.clause) } : {},
  ));
  const ordered = findings.some((one) => !one.fixed_on_spot);
  return Object.assign({
    enterprise_id: form.enterprise.enterprise_id, kind: form.kind, officers: form.officers, started_at: instant(form.started_at),
    ended_at: ended, place: form.place.trim(), summary: form.summary.trim(), findings,
  }, form.served && ordered ? { service: { served_at: ended, method: "in_person" } } : {}, signing(form, photos, findings));
}

function reinspectBody(form) {
  const failed = form.items.some((one) => one.passed === false);
  return Object.assign(
    { officers: form.officers, findings: form.items.map((one) => ({ no: one.no, passed: one.passed, note: one.note.trim() })), opinion: form.opinion.trim() },
    failed ? { new_deadline_days: Number(form.days) } : {},
  );
}

export const bodyOf = async (work) => (work.kind === "visit" ? visitBody(work.form, await photosOf(work.id)) : reinspectBody(work.form));

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
  const boxes = [];
  for (const item of form.items) boxes.push(await photoBox(work, { finding: 0, item: item.no }, AFTER, changed));
  const items = form.items.map((item, no) => h("fieldset", { class: "card finding" },
    h("legend", {}, `${item.no}. ${taken.items.find((one) => one.no === item.no).text}`),
    verdict(item, save),
    field(t("说明", "Note"), bound(item, "note", save, { maxlength: 2000 })),
    boxes[no]));
  return [
    h("section", { class: "card" }, h("h2", {}, taken.title), h("p", { class: "hint" }, `${taken.number} · ${taken.enterprise}`),
      h("div", { class: "photos" }, before.length ? before : h("p", { class: "hint" }, t("没有以前的照片。", "No earlier photographs.")))),
    ...items,
    h("section", { class: "card" },
      h("div", { class: "field" }, h("span", {}, t("其他复查照片", "Other photographs now")), await photoBox(work, { finding: 0, item: null }, AFTER, changed)),
      field(t("新的期限（天，有未通过时必填）", "New deadline in days (when something failed)"), bound(form, "days", save, { type: "number", inputmode: "numeric", min: 1, max: 3650 })),
      field(t("复查意见", "Opinion"), bound(form, "opinion", save, { rows: 2 })),
      h("div", { class: "field" }, h("span", {}, t("复查人员（两名以上持证）", "Officers (two or more, certified)")), await officerTicks(work, save))),
  ];
}

export const titleOf = (work) => (work.kind === "visit"
  ? (work.form.enterprise ? work.form.enterprise.name : t("未选企业的检查", "A visit, no enterprise yet"))
  : `${t("复查", "Re-inspection")}：${work.taken.title}`);
