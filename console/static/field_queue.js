// Sending what lies on the phone: one work after the other, each under its permanent key, so that an answer that was
// lost leads to a second post and to one act. A photograph leaves the phone only when the server has said that it has it.
import { all, dropWork, get, keep, photosOf, put, thing } from "./field_store.js";
import { language, t } from "./field_words.js";

let byHand = true;
const told = (headers) => Object.assign({ Accept: "application/json", "Accept-Language": language() }, byHand ? {} : { "X-Unattended": "1" }, headers);
const API = "/api/v1";
export const SIGNED = "当事人现场签名";
const KEEP_SENT_MS = 86400000;
const listeners = [];
let busy = false;

export const state = { trouble: null, skew: 0 };

// the server's time as far as this phone knows it: its own clock may be days off
export const now = () => Date.now() + state.skew * 1000;
export const onChange = (listener) => listeners.push(listener);
const tell = () => listeners.forEach((listener) => listener());

class Held extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

// an answer, or Held when nothing can be sent to anybody for now
export async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, Object.assign({ credentials: "same-origin", cache: "no-store" }, options));
  } catch (_) {
    throw new Held("offline");
  }
  if (answer.status === 401) throw new Held("signed_out");
  if ([408, 425, 429].includes(answer.status) || answer.status >= 500) throw new Held("server");
  return answer;
}

export async function read(path) {
  const answer = await ask(API + path, { headers: told({}) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

const version = () => document.documentElement.dataset.version;

// what one person took along is not another's to see; what they have not sent waits for them
async function forgetTaken() {
  for (const name of ["cases", "enterprises", "officers", "partners"]) await keep(name, []);
  await keep("taken_at", null);
  if (window.caches) await window.caches.delete("field-thumbnails");
}

// whether the server speaks this page's version, by which clock, and who is signed in
export async function greet() {
  const answer = await ask("/field/version", { headers: told({}) });
  const here = await answer.json();
  state.skew = Math.round((Date.parse(here.now) - Date.now()) / 1000);
  await keep("skew", state.skew);
  if (here.version !== version()) throw new Held("new_version");
  const me = await read("/me");
  const known = await thing("me");
  if (known && known.user_id !== me.user_id) await forgetTaken();
  if (!known || known.user_id !== me.user_id) await keep("me", me);
  return me;
}

async function refused(answer) {
  const why = await answer.json().catch(() => ({}));
  return {
    status: answer.status, code: why.code || "", detail: why.detail || String(answer.status), article: why.article || "",
    remedy: why.remedy || "", rule: why.rule || "", fields: (why.details && why.details.fields) || [],
  };
}

const post = (path, key, body) =>
  ask(API + path, {
    method: "POST",
    headers: told({ "Content-Type": "application/json", "Idempotency-Key": key }),
    body: JSON.stringify(body),
  });

// 202: the server has it but does not know yet how it went; the same key asks again later
async function settled(answer) {
  if (answer.status === 202) throw new Held("server");
  return answer.ok ? null : refused(answer);
}

// which requirement a photograph is about, and whether it is from before or after; a signature is neither
function aboutOf(work, photo) {
  if (photo.purpose === SIGNED) return {};
  if (work.kind === "reinspect") return { item: photo.item || null, shows: "after" };
  return { item: work.body.findings[photo.finding].requirements.length === 1 ? 1 : null, shows: "before" };
}

async function sendPhoto(photo, caseId, about) {
  const form = new FormData();
  form.append("file", new Blob([photo.bytes], { type: photo.type }), photo.name);
  form.append("purpose", photo.purpose);
  Object.keys(about).filter((name) => about[name]).forEach((name) => form.append(name, about[name]));
  if (photo.claim) form.append("claimed", JSON.stringify(photo.claim));
  const answer = await ask(`${API}/cases/${encodeURIComponent(caseId)}/evidence`, {
    method: "POST",
    headers: told({ "Idempotency-Key": photo.id }),
    body: form,
  });
  const refusal = await settled(answer);
  if (refusal) return refusal;
  const kept = await answer.json();
  await put("photos", Object.assign({}, photo, { bytes: null, sent: kept.evidence_id }));
  return null;
}

async function sendPhotos(work, caseOf) {
  let first = null;
  for (const photo of await photosOf(work.id)) {
    const caseId = caseOf(photo);
    if (photo.sent || !photo.bytes || !caseId) continue;
    const refusal = await sendPhoto(photo, caseId, aboutOf(work, photo));
    if (refusal && !first) first = Object.assign({ photo: photo.name }, refusal);
    tell();
  }
  return first;
}

async function sendVisit(work) {
  if (!work.cases) {
    const answer = await post("/inspections", work.key, work.body);
    const refusal = await settled(answer);
    if (refusal) return refusal;
    const visit = await answer.json();
    work.cases = visit.cases.map((one) => one.case_id);
    work.number = visit.number;
    await put("works", work);
  }
  return sendPhotos(work, (photo) => work.cases[photo.finding]);
}

// what changed on the server meanwhile is shown before anything is written over it
async function sendReinspection(work) {
  if (!work.done) {
    const now = await read(`/cases/${encodeURIComponent(work.case_id)}`);
    if (now.seq !== work.base && !work.tried) {
      return {
        status: 409, code: "changed", seq: now.seq, article: "", rule: "field.changed", fields: [],
        detail: t(`案件在您离线期间有变化：现在是“${now.state_label.zh}”。`, `The case has changed meanwhile: it is now “${now.state_label.en}”.`),
        remedy: t("打开案件核对后，再决定是否仍按此提交。", "Look at the case, then decide whether to send this all the same."),
      };
    }
    const stuck = await sendPhotos(work, () => work.case_id);
    if (stuck) return stuck;
    const evidence = (await photosOf(work.id)).map((one) => one.sent).filter(Boolean);
    work.tried = true; // from here on a change may be our own
    await put("works", work);
    const answer = await post(
      `/cases/${encodeURIComponent(work.case_id)}/commands/reinspect`, work.key, Object.assign({ evidence }, work.body),
    );
    const refusal = await settled(answer);
    if (refusal) return refusal;
    work.done = true;
    await put("works", work);
  }
  return null;
}

const SEND = { visit: sendVisit, reinspect: sendReinspection };

async function sendOne(id) {
  const work = await get("works", id);
  if (!work || work.state !== "queued") return;
  const refusal = await SEND[work.kind](work);
  const fresh = Object.assign({}, work, { refusal, state: refusal ? "refused" : "sent", at: Date.now() });
  await put("works", fresh);
  tell();
}

// Sends all that waits and is mine. One refusal stops nothing else; what concerns everything stops here. What nobody
// asked for does not keep a session alive.
export async function send(asked) {
  if (busy) return;
  busy = true;
  byHand = Boolean(asked);
  tell();
  try {
    const me = await greet();
    state.trouble = null;
    const mine = (await all("works")).filter((one) => one.owner === me.user_id);
    for (const one of mine) {
      if (one.state === "sent" && Date.now() - one.at > KEEP_SENT_MS) await dropWork(one.id);
    }
    for (const one of mine.filter((work) => work.state === "queued").sort((a, b) => a.at - b.at)) await sendOne(one.id);
  } catch (error) {
    state.trouble = error.why || "storage";
    if (!error.why) throw error;
  } finally {
    busy = false;
    tell();
  }
}

export const sending = () => busy;
