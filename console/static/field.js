// 外业: what an inspector does where there is no signal. One page, all of it on the phone; the address after # says what
// is shown. Nothing typed or photographed is lost when the signal, the tab, the session or the server goes.
import { all, dropWork, get, isFull, keep, newKey, photosOf, put, storage, thing } from "./field_store.js";
import { onChange, read, send, sending, state } from "./field_queue.js";
import { bodyOf, missingIn, newReinspection, newVisit, reinspectForm, saver, titleOf, visitForm } from "./field_forms.js";
import { choose, fill, h, language, moment, t } from "./field_words.js";

const app = document.getElementById("app");
const bar = document.getElementById("bar");
const EVERY_MS = 30000;
const OLD_MS = 86400000;
const A_PAGE = 200;
let waiting = null; // a new version of this page, installed and not yet taken
let asked_who = false; // the server was asked once who is signed in

const TROUBLES = {
  offline: ["没有网络：内容都存在手机上，恢复后自动发送。", "No connection: all of it is on this device and goes out when there is one."],
  signed_out: ["登录已失效：请重新登录，登录后继续发送。", "Your session ended: sign in and sending goes on."],
  server: ["服务器暂时没有响应：内容都在，稍后自动再试。", "The server does not answer: nothing is lost, it is tried again."],
  new_version: ["本页有新版本：更新后继续发送，未发送的内容不受影响。", "There is a new version of this page: take it and sending goes on; nothing unsent is lost."],
  storage: ["浏览器不允许保存（可能是无痕模式）：请换用普通窗口，或在“登记检查”页在线办理。", "The browser does not let us keep anything (private mode?): use a normal window, or the online form."],
};
const STATES = {
  draft: ["草稿", "draft"],
  queued: ["待发送", "waiting"],
  refused: ["被退回", "refused"],
  sent: ["已发送", "sent"],
};

// -- what is taken along -----------------------------------------------------------------------------
async function pages(path) {
  const found = [];
  let after = null;
  do {
    const page = await read(`${path}?limit=${A_PAGE}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
    found.push(...page.items);
    after = page.next;
  } while (after);
  return found;
}

async function takeAlong() {
  const policy = await read("/policies/current");
  await keep("days", policy.caps.deadline_default_days);
  await keep("standards", policy.standards.flatMap(criteriaOf));
  await keep("officers", (await read("/officials")).items.filter((one) => one.role === "inspector" || one.role === "section_head"));
  const firms = await pages("/enterprises");
  await keep("enterprises", firms.map((one) => ({
    enterprise_id: one.enterprise_id, name: one.name, address: one.address, uscc: one.uscc, industry: one.industry,
    watched: one.watched, latitude: one.latitude, longitude: one.longitude,
  })));
  const due = (await pages("/tasks")).filter((one) => one.case_id && one.commands.some((command) => command.command === "reinspect"));
  const taken = [];
  for (const one of due) taken.push(await takeCase(one.case_id));
  await keep("cases", taken);
  await keep("taken_at", Date.now());
}

// a clause of a standard each; a standard whose clauses the policy does not list is one, and the clause is written
function criteriaOf(one) {
  const whole = { value: `${one.id}|${one.version}|`, heading: "", text: one.title, industries: one.industries, open: true };
  if (!one.clauses.length) return [whole];
  return one.clauses.map((clause) => ({
    value: `${one.id}|${one.version}|${clause.no}`, heading: clause.heading, text: `${one.title} ${clause.no} ${clause.heading}`, industries: clause.industries,
  }));
}

async function takeCase(id) {
  const [one, files] = [await read(`/cases/${encodeURIComponent(id)}`), await read(`/cases/${encodeURIComponent(id)}/evidence`)];
  const photos = files.items.filter((file) => file.media_type.startsWith("image/")).map((file) => ({ evidence_id: file.evidence_id, purpose: file.purpose }));
  photos.forEach((photo) => fetch(`/evidence/${encodeURIComponent(photo.evidence_id)}/thumbnail`).catch(() => {})); // the service worker keeps it
  return {
    case_id: one.case_id, number: one.number, title: one.title, enterprise: one.enterprise.name, seq: one.seq,
    items: one.items.filter((item) => !item.passed).map((item) => ({ no: item.no, text: item.text })), photos,
  };
}

// -- the list ----------------------------------------------------------------------------------------
const go = (hash) => { window.location.hash = hash; };

async function start(make) {
  const me = await thing("me");
  if (!me) return;
  const work = make(me);
  await put("works", work);
  go(`${work.kind}/${work.id}`);
}

async function workLine(work) {
  const photos = await photosOf(work.id);
  const gone = photos.filter((one) => one.sent).length;
  const told = photos.length ? t(` · 照片 ${gone}/${photos.length}`, ` · photographs ${gone}/${photos.length}`) : "";
  const old = work.state !== "sent" && Date.now() - work.at > OLD_MS;
  const edit = h("a", { href: `#${work.kind}/${work.id}` }, h("b", {}, titleOf(work)));
  return h("li", { class: `row ${work.state}` },
    ["draft", "refused"].includes(work.state) ? edit : h("b", {}, titleOf(work)),
    h("p", { class: "meta" }, h("span", { class: `badge ${work.state}` }, t(...STATES[work.state])), `${moment(work.at)}${told}`,
      work.number ? h("span", { class: "docno" }, work.number) : null),
    old ? h("p", { class: "late" }, t("超过一天没有发送", "Not sent for more than a day")) : null,
    work.refusal ? refusalBox(work) : null,
    h("div", { class: "acts" }, ...actsOn(work)));
}

function refusalBox(work) {
  const one = work.refusal;
  return h("div", { class: "refusal", role: "alert" },
    h("p", {}, one.photo ? `${one.photo}：` : "", one.detail),
    h("ul", {}, (one.fields || []).map((wrong) => h("li", {}, `${t(wrong.name_zh, wrong.name_en)}：${t(wrong.zh, wrong.en)}`))),
    one.code === "malformed" ? null : helpBox(one));
}

// what the law says, and what would make it possible; a slip in a field says it itself
function helpBox(one) {
  return h("div", {},
    one.article ? h("p", {}, h("cite", {}, one.article)) : null,
    one.remedy ? h("p", { class: "remedy" }, one.remedy) : null,
    one.rule ? h("p", { class: "hint" }, h("code", {}, one.rule)) : null);
}

function actsOn(work) {
  const acts = [];
  const button = (words, act, kind) => acts.push(h("button", { type: "button", class: kind || "quiet small", onclick: act }, words));
  if (work.state === "refused") {
    button(work.refusal.code === "changed" ? t("仍按此提交", "Send it all the same") : t("再发送", "Send again"), async () => {
      if (work.refusal.code === "changed") work.base = work.refusal.seq;
      await enqueue(work);
    });
    button(t("导出文件", "Export"), () => exported(work));
  }
  if (work.state === "queued" && !sending()) {
    button(t("取回修改", "Take back and edit"), async () => {
      await put("works", Object.assign(work, { state: "draft" }));
      go(`${work.kind}/${work.id}`);
    });
  }
  if (work.kind === "reinspect") acts.push(h("a", { class: "button quiet small", href: `/cases/${encodeURIComponent(work.case_id)}` }, t("看案件", "The case")));
  if (work.state === "sent" && work.cases && work.cases.length) acts.push(h("a", { class: "button quiet small", href: `/cases/${encodeURIComponent(work.cases[0])}` }, t("看案件", "The case")));
  button(t("删除", "Delete"), async () => {
    const sure = work.state === "sent" || window.confirm(t("还没有发送。确定从手机上删除？", "It was not sent. Delete it from this device?"));
    if (sure) {
      await dropWork(work.id);
      draw();
    }
  });
  return acts;
}

// a refused work as a file, for whoever must mend it elsewhere
async function exported(work) {
  const photos = await photosOf(work.id);
  const file = new Blob([JSON.stringify(Object.assign({}, work, { photos: photos.map((one) => one.name) }), null, 2)], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(file), download: `${work.kind}-${work.id}.json` });
  document.body.appendChild(link);
  link.click();
  link.remove();
}

async function list() {
  const [me, works, taken, takenAt] = [await thing("me"), await all("works"), (await thing("cases")) || [], await thing("taken_at")];
  const mine = works.filter((one) => me && one.owner === me.user_id).sort((a, b) => b.at - a.at);
  const others = works.length - mine.length;
  const lines = [];
  for (const work of mine) lines.push(await workLine(work));
  const over = mine.filter((one) => one.kind === "reinspect" && one.state === "sent" && one.at > takenAt).map((one) => one.case_id);
  const cases = taken.filter((one) => !over.includes(one.case_id));
  const begun = mine.filter((one) => one.kind === "reinspect" && one.state !== "sent").map((one) => one.case_id);
  const kept = await storage().catch(() => ({ kept: false, room: null }));
  fill(app,
    h("div", { class: "head" }, h("h1", {}, t("外业", "In the field")), me ? h("p", { class: "hint" }, me.display_name) : null),
    me ? h("div", { class: "go" },
      h("button", { type: "button", class: "primary", onclick: () => start(newVisit) }, t("新的检查", "New visit")),
      h("button", { type: "button", onclick: () => refresh(true) }, t("立即发送 / 更新", "Send and refresh"))) : h("p", { class: "empty" }, asked_who ? h("a", { class: "button primary", href: "/login?next=/field" }, t("先登录一次", "Sign in once first")) : t("正在确认登录……", "Looking who is signed in …")),
    h("section", { class: "card" }, h("h2", {}, t("本机草稿和待发送", "On this device")),
      lines.length ? h("ul", { class: "works" }, lines) : h("p", { class: "hint" }, t("没有草稿，也没有待发送的内容。", "No drafts, and nothing waits to be sent.")),
      others ? h("p", { class: "hint" }, t(`另有 ${others} 份属于其他账号，只由其本人登录后发送。`, `${others} more belong to another account and wait for its owner.`)) : null),
    h("section", { class: "card" }, h("h2", {}, t("待复查", "To re-inspect")),
      cases.length ? h("ul", { class: "works" }, cases.map((one) => h("li", { class: "row" }, h("b", {}, one.title), h("p", { class: "meta" }, `${one.number} · ${one.enterprise}`),
        begun.includes(one.case_id) ? h("p", { class: "hint" }, t("已在上面开始", "Begun, see above")) : h("div", { class: "acts" }, h("button", { type: "button", onclick: () => start((who) => newReinspection(who, one)) }, t("开始复查", "Re-inspect")))))) : h("p", { class: "hint" }, takenAt ? t("没有等您复查的案件。", "No case waits for your re-inspection.") : t("正在下载名录和案件……", "Downloading registers and cases …"))),
    h("p", { class: "hint foot" }, takenAt ? t(`名录与案件更新于 ${moment(takenAt)}。`, `Registers and cases updated ${moment(takenAt)}.`) : "",
      kept.kept ? "" : t(" 浏览器未承诺长期保存：请尽快发送，或把本页添加到主屏幕。", " The browser does not promise to keep this: send soon, or add this page to the home screen.")));
}

// -- one work ----------------------------------------------------------------------------------------
async function enqueue(work) {
  // a refusal took no effect for certain, and what is sent now is another act; but one whose key the server knows by
  // other words was recorded with those: it is never sent as a second one
  const fresh = work.refusal && !["changed", "idempotency_conflict"].includes(work.refusal.code);
  if (fresh && !work.cases && !work.done) Object.assign(work, { key: newKey(), tried: false });
  if (!work.cases && !work.done) work.body = await bodyOf(work);
  Object.assign(work, { state: "queued", refusal: null, at: Date.now() });
  await put("works", work);
  go("");
  send(true).catch(() => {});
}

const KEPT = new Map([
  [null, t("正在存到手机上……", "Being kept on this device …")],
  [true, t("已存在手机上", "Kept on this device")],
  [false, t("没有存下：手机空间不足或浏览器不允许。请勿关闭本页。", "Not kept: no room, or the browser refuses. Do not close this page.")],
]);

async function edit(id, form) {
  const work = await get("works", id);
  if (!work) {
    go("");
    return;
  }
  const told = h("p", { class: "hint", role: "status" }, t("每一笔都即时存在手机上。", "Every stroke is kept on this device at once."));
  const save = saver(work, (kept) => {
    told.className = kept === false ? "late" : "hint";
    fill(told, document.createTextNode(KEPT.get(kept)));
  });
  const wrong = h("div", { class: "summary", role: "alert", tabindex: "-1", hidden: true });
  const submit = async () => {
    await save();
    const missing = await missingIn(work);
    wrong.hidden = !missing.length;
    if (missing.length) {
      fill(wrong, h("h2", {}, t("还缺：", "Still missing:")), h("ul", {}, missing.map((one) => h("li", {}, one))));
      wrong.focus();
      return;
    }
    await enqueue(work);
  };
  fill(app,
    h("p", { class: "crumbs" }, h("a", { href: "#" }, t("外业", "In the field")), " › ", work.kind === "visit" ? t("检查", "Visit") : t("复查", "Re-inspection")),
    work.refusal ? refusalBox(work) : null, wrong,
    ...await form(work, save, () => {}),
    h("div", { class: "go send" }, h("button", { type: "button", class: "primary", onclick: submit }, t("提交", "Send off")), told));
}

const VIEWS = { visit: (id) => edit(id, visitForm), reinspect: (id) => edit(id, reinspectForm) };
let drawn = Promise.resolve();

function draw() {
  drawn = drawn.then(async () => {
    const [view, id] = window.location.hash.slice(1).split("/");
    await (VIEWS[view] && id ? VIEWS[view](id) : list());
  }).catch((error) => {
    state.trouble = isFull(error) ? "storage" : state.trouble || "storage";
    drawBar();
  });
  return drawn;
}

function drawBar() {
  const trouble = state.trouble && TROUBLES[state.trouble];
  fill(bar,
    trouble ? h("p", { class: "trouble", role: "status" }, t(...trouble), " ",
      state.trouble === "new_version" && !waiting ? h("button", { type: "button", onclick: () => window.location.reload() }, t("刷新", "Reload")) : null,
      state.trouble === "signed_out" ? h("a", { class: "button small", href: "/login?next=/field" }, t("登录", "Sign in")) : null) : null,
    waiting ? h("p", { class: "trouble" }, t("本页有新版本。", "A new version of this page is there. "), h("button", { type: "button", onclick: () => waiting.postMessage("take over") }, t("更新", "Take it"))) : null,
    sending() ? h("p", { class: "trouble calm", role: "status" }, t("正在发送…", "Sending…")) : null,
    /MicroMessenger/.test(navigator.userAgent) && !navigator.serviceWorker ? h("p", { class: "trouble" }, t("微信内不能离线使用：请点右上角“在浏览器打开”。", "WeChat cannot work offline here: open this page in the browser.")) : null);
}

async function refresh(asked) {
  await send(asked).catch(() => {});
  if (!asked_who) {
    asked_who = true;
    if (!window.location.hash) await draw();
  }
  if (!state.trouble) {
    const last = await thing("taken_at");
    if (asked || !last || Date.now() - last > EVERY_MS * 20) await takeAlong().catch((error) => { state.trouble = error.why || state.trouble; });
  }
  if (state.trouble === "new_version") await lookForUpdate();
  drawBar();
  if (!window.location.hash) await draw();
}

async function lookForUpdate() {
  const registered = navigator.serviceWorker && await navigator.serviceWorker.getRegistration("/field");
  if (registered) await registered.update().catch(() => {});
}

// -- beginning ---------------------------------------------------------------------------------------
async function watchVersions() {
  if (!navigator.serviceWorker) return;
  const registered = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field" });
  const seen = () => {
    waiting = navigator.serviceWorker.controller && registered.waiting;
    drawBar();
  };
  registered.addEventListener("updatefound", () => registered.installing && registered.installing.addEventListener("statechange", seen));
  let had = navigator.serviceWorker.controller; // none the first time: then the page is the newest already
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (had) window.location.reload();
    had = navigator.serviceWorker.controller;
  });
  seen();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) registered.update().catch(() => {}); });
}

document.getElementById("lang").addEventListener("click", () => {
  choose(language() === "zh" ? "en" : "zh");
  draw();
  drawBar();
});
onChange(() => {
  drawBar();
  if (!window.location.hash) draw();
});
window.addEventListener("hashchange", () => { window.scrollTo(0, 0); draw(); });
window.addEventListener("online", () => refresh(false));
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(false); });
window.setInterval(() => { if (!document.hidden) refresh(false); }, EVERY_MS);
watchVersions().catch(() => {});
thing("skew").then((seconds) => { state.skew = seconds || 0; }, () => {}).then(draw).then(() => refresh(false));
