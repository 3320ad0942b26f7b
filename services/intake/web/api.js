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

export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
export const basic = (receipt, code) => ({ Authorization: `Basic ${btoa(`${receipt.trim()}:${code.trim()}`)}` });
