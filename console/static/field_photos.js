// Photographs and the signature: kept the moment they are taken, with the device's claim of when and where.
import { newKey, photosOf, drop, put } from "./field_store.js";
import { state } from "./field_queue.js";
import { fill, h, t } from "./field_words.js";

const POSITION = { enableHighAccuracy: true, maximumAge: 60000, timeout: 15000 };

// FileReader, because File.arrayBuffer is missing in older WebViews
const bytesOf = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsArrayBuffer(file);
});

function place(photo, again) {
  if (!navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition(async (found) => {
    const coords = found.coords;
    const here = { latitude: coords.latitude, longitude: coords.longitude, accuracy_m: Math.round(coords.accuracy) };
    try {
      await put("photos", Object.assign({}, photo, { claim: Object.assign({}, photo.claim, here) }));
    } catch (_) {
      return; // the photograph itself is kept already
    }
    again();
  }, () => {}, POSITION);
}

// The original bytes, as the camera wrote them: no canvas, no scaling; which way is up is the server's business.
export async function keepPhoto(work, file, about, purpose, again) {
  const photo = {
    id: newKey(), work: work.id, name: file.name || "photo.jpg", type: file.type || "image/jpeg", purpose, sent: null,
    bytes: await bytesOf(file),
    claim: { at: new Date().toISOString(), skew_seconds: state.skew },
  };
  Object.assign(photo, about);
  try {
    await put("photos", photo);
  } catch (_) {
    // no room, or the browser keeps nothing (private mode): whichever, it is said at once
    window.alert(t(
      "这张照片没有存下：手机空间不足，或浏览器不允许保存；文字都已保存。请腾出空间或先发送已有内容，再补拍。",
      "This photograph was not kept: no room on this device, or the browser keeps nothing. All text was kept. Make room, or send what is there, and take it again.",
    ));
    return;
  }
  place(photo, again);
}

function thumbnail(photo) {
  if (!photo.bytes) return h("span", { class: "gone" }, t("已上传", "uploaded"));
  const address = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
  return h("img", { src: address, alt: photo.name, onload: () => URL.revokeObjectURL(address) });
}

// The photographs of one finding or one requirement, and a place for the next.
export async function photoBox(work, about, purpose, changed) {
  const box = h("div", { class: "photos" });
  const show = async () => {
    const mine = (await photosOf(work.id)).filter(
      (one) => one.purpose === purpose && Object.keys(about).every((key) => one[key] === about[key]),
    );
    const figures = mine.map((one) => h("figure", {}, thumbnail(one),
      one.sent ? null : h("button", {
        type: "button", class: "quiet small", "aria-label": t(`删除照片 ${one.name}`, `Delete the photograph ${one.name}`),
        onclick: async () => { await drop("photos", one.id); show(); changed(); },
      }, t("删除", "Delete"))));
    const input = h("input", {
      type: "file", accept: "image/*",
      onchange: async () => {
        for (const file of Array.from(input.files)) await keepPhoto(work, file, about, purpose, () => {});
        await show();
        changed();
      },
    });
    fill(box, ...figures, h("label", { class: "button add" }, t("＋ 拍照或选照片", "＋ Photograph"), input));
  };
  await show();
  return box;
}

const INK = 2.5;

// A signature on the screen, kept as a picture; drawn anew it replaces the one before.
export async function signatureBox(work, about, purpose, changed) {
  const canvas = h("canvas", { width: 640, height: 220, class: "sign", "aria-label": t("在此签名", "Sign here") });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.lineWidth = INK * 2;
  pen.lineCap = "round";
  pen.strokeStyle = "#111";
  let drawing = false;
  const at = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  const forget = async () => {
    for (const one of await photosOf(work.id)) if (one.purpose === purpose && !one.sent) await drop("photos", one.id);
  };
  const keepIt = () => {
    drawing = false;
    canvas.toBlob(async (blob) => {
      await forget();
      await keepPhoto(work, new File([blob], "signature.png", { type: "image/png" }), about, purpose, () => {});
      changed();
    }, "image/png");
  };
  canvas.addEventListener("pointerup", keepIt);
  canvas.addEventListener("pointercancel", () => { drawing = false; });
  const clear = h("button", {
    type: "button", class: "quiet small",
    onclick: async () => {
      pen.fillRect(0, 0, canvas.width, canvas.height);
      await forget();
      changed();
    },
  }, t("重签", "Clear"));
  const earlier = (await photosOf(work.id)).some((one) => one.purpose === purpose);
  return h("div", { class: "signature" }, canvas, clear, earlier ? h("p", { class: "hint" }, t("已有签名；重新签写将替换。", "Signed already; signing again replaces it.")) : null);
}
