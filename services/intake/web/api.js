// The services' API for the pages. A sending is repeated with the same Idempotency-Key until it is answered: a slow link never sends twice.
import { language, typeset } from "./page.js";

const TRIES = 4;
const PATIENCE_MS = 20000;

export class Problem extends Error {
  constructor(status, body) {
    super(body?.title ?? `HTTP ${status}`);
    this.status = status;
    this.kind = body?.type?.split(":").pop() ?? "";
    this.errors = (body?.errors ?? []).map((each) => ({ ...each, message: typeset(each.message) }));
  }
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const at = (path) => (/^\/(intake|eligibility|training|notifier)\//.test(path) ? path : `/intake/v1${path}`);

// `body` is sent as JSON, `bytes` as they are.
export async function request(method, path, { headers = {}, body, bytes, accept = "application/json", patience = PATIENCE_MS } = {}) {
  const answer = await fetch(at(path), {
    method,
    headers: { Accept: accept, "Accept-Language": language, ...(body ? { "Content-Type": "application/json" } : {}), ...headers },
    body: bytes ?? (body && JSON.stringify(body)),
    credentials: "omit", // or a browser answers a 401 with a password window of its own
    signal: AbortSignal.timeout?.(patience),
  });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => null));
  return answer;
}

const once = async (method, path, options) => (await request(method, path, options)).json();

// True when the same request may fare better later: no network, a server at its limits, or the same key still at work.
export const passing = (fault) => !(fault instanceof Problem) || fault.status >= 500 || fault.status === 429 || fault.kind === "idempotency-key-in-flight";

export const get = (path, headers) => once("GET", path, { headers });

// A page of a list and the address of the next one, out of its Link field.
export async function list(path, headers) {
  const answer = await request("GET", path, { headers });
  const next = /<([^>]+)>;\s*rel="?next"?/.exec(answer.headers.get("Link") ?? "");
  const { items } = await answer.json();
  return { items, next: next?.[1] ?? null };
}

// `again` is told before each repetition.
export async function send(path, { method = "POST", key, version, body, headers = {}, tries = TRIES, again = () => {} }) {
  const sent = { ...headers, ...(key ? { "Idempotency-Key": `"${key}"` } : {}), ...(version ? { "If-Match": `"${version}"` } : {}) };
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(method, path, { body, headers: sent });
    } catch (fault) {
      if (!key || !passing(fault) || attempt >= tries || navigator.onLine === false) throw fault;
      again(attempt);
      await pause(Math.min(8000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2));
    }
  }
}

// What was sent and is not answered keeps its key: who asks for the very same once more is told what became of it, and is not refused for her own change.
const unanswered = new Map(); // what was asked → key

export async function sendOnce(path, { method, version, body, headers }) {
  const asked = JSON.stringify([method, path, version, body]);
  const key = unanswered.get(asked) ?? newKey();
  unanswered.set(asked, key);
  try {
    const answer = await send(path, { method, key, version, body, headers });
    unanswered.delete(asked);
    return answer;
  } catch (fault) {
    if (!passing(fault)) unanswered.delete(asked);
    throw fault;
  }
}

const inOrder = (value) => (value === null || typeof value !== "object" || Array.isArray(value) ? value : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
const same = (one, other) => JSON.stringify(one, (_, value) => inOrder(value)) === JSON.stringify(other, (_, value) => inOrder(value));

// Replaces what is at `path`, again and again: put(version, body). What has no answer yet goes once more as it was, before anything newer. `bodyOf`: where the
// service takes no key, what it has by now tells whether the change that it refuses as late was this very one.
export function replacing(path, headers, bodyOf = null) {
  let unsure = null;

  async function sendUnsure() {
    try {
      return await send(path, { method: "PUT", ...unsure, headers: headers() });
    } catch (fault) {
      const there = bodyOf && fault.status === 412 ? await get(path, headers()) : null;
      if (!there || !same(bodyOf(there), unsure.body)) throw fault;
      return there;
    }
  }

  return async function put(version, body) {
    unsure ??= { key: newKey(), version, body };
    const newest = same(body, unsure.body);
    let answer;
    try {
      answer = await sendUnsure();
    } catch (fault) {
      if (!passing(fault)) unsure = null;
      throw fault;
    }
    unsure = null;
    return newest ? answer : put(answer.version, body);
  };
}

export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
export const basic = (receipt, code) => ({ Authorization: `Basic ${btoa(`${receipt.trim()}:${code.trim()}`)}` });
