// The service worker of the field page; VERSION and ASSETS stand before this. The page and its files come from the phone;
// a new version waits until the user takes it. Thumbnails of the cases taken along are kept beside.
const PAGE = `field-${VERSION}`;
const THUMBNAILS = "field-thumbnails";
const PICTURE = /^\/evidence\/[^/]+\/thumbnail$/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(PAGE).then((kept) => kept.addAll(ASSETS.map((path) => new Request(path, { cache: "reload" })))));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("field-") && ![PAGE, THUMBNAILS].includes(name);
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

async function picture(request) {
  const kept = await caches.open(THUMBNAILS);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  const image = (answer.headers.get("content-type") || "").startsWith("image/"); // without a session it would be a sign-in page
  if (answer.ok && image) await kept.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET") return;
  if (PICTURE.test(path)) event.respondWith(picture(event.request));
  else if (ASSETS.includes(path)) event.respondWith(caches.match(path, { cacheName: PAGE }).then((found) => found || fetch(event.request)));
});
