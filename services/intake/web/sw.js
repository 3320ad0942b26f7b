// The service worker: the pages open without a network. What it keeps is public: pages, scripts, style, and the list of calls; never a form, never a receipt.
const CACHE = "jisr-shell-1";
const CALLS = "/intake/v1/calls";
const CALLS_PATIENCE_MS = 4000;
const SHELL = ["/", "/apply", "/status", "/jisr.css", "/icon.svg", "/manifest.webmanifest", "/early.js", "/words.js", "/words-apply.js", "/page.js", "/clock.js", "/ui.js", "/api.js", "/index.js", "/map.js", "/apply.js",
  "/fields.js", "/form.js", "/draft.js", "/kept.js", "/outbox.js", "/receipt.js", "/status.js", "/life.js", "/asked.js", "/members.js", "/words-members.js",
  "/declared.js", "/documents.js", "/mydata.js", "/uploads.js", "/words-documents.js", "/words-mydata.js"];
const RENEW_MS = 10 * 60000;

let renewedAt = 0;

// All of them or none, so that scripts of two versions never meet. `no-cache`: what has not changed is a 304.
async function renew() {
  renewedAt = Date.now();
  const answers = await Promise.all(SHELL.map((path) => fetch(path, { cache: "no-cache" })));
  if (!answers.every(({ ok }) => ok)) throw new TypeError("not all there");
  const cache = await caches.open(CACHE);
  await Promise.all(answers.map((answer, place) => cache.put(SHELL[place], answer)));
}

// The staff's pages have modules of their own that are not kept: theirs all come from the service, of one version.
const ofStaff = async (client) => new URL((await clients.get(client))?.url ?? location).pathname.startsWith("/staff");

async function shell(path, request, client) {
  if (client && await ofStaff(client)) return fetch(request);
  const kept = await (await caches.open(CACHE)).match(path);
  if (kept && Date.now() - renewedAt > RENEW_MS) renew().catch(() => { /* the next visit tries again */ });
  return kept ?? fetch(request);
}

// The newest list of calls; without a network the one that was seen last.
async function calls(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout?.(CALLS_PATIENCE_MS) });
    if (answer.ok) await cache.put(CALLS, answer.clone());
    return answer;
  } catch (fault) {
    const kept = await cache.match(CALLS);
    if (kept) return kept;
    throw fault;
  }
}

addEventListener("install", (event) => event.waitUntil(renew().then(() => fetch(CALLS)).then(async (answer) => answer.ok && (await caches.open(CACHE)).put(CALLS, answer)).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname === CALLS) event.respondWith(calls(event.request));
  else if (SHELL.includes(pathname)) event.respondWith(shell(pathname, event.request, event.clientId));
});
