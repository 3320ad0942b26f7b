// Intake's API for the pages. A sending is repeated with the same Idempotency-Key until it is answered: a slow link never sends twice.
import { language } from "./page.js";

const BASE = "/intake/v1";
const TRIES = 6;

export class Problem extends Error {
  constructor(status, body) {
    super(body?.title ?? `HTTP ${status}`);
    this.status = status;
    this.errors = body?.errors ?? [];
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function once(method, path, { headers = {}, body } = {}) {
  const answer = await fetch(BASE + path, {
    method,
    headers: { Accept: "application/json", "Accept-Language": language, ...(body ? { "Content-Type": "application/json" } : {}), ...headers },
    body: body && JSON.stringify(body),
    credentials: "omit", // or a browser answers a 401 with a password window of its own
    signal: AbortSignal.timeout(20000),
  });
  const json = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, json);
  return json;
}

const passing = (fault) => !(fault instanceof Problem) || fault.status >= 500 || fault.status === 429 || fault.status === 409;

export const get = (path, headers) => once("GET", path, { headers });

// `again` is told before each repetition.
export async function send(path, { key, body, headers = {}, again = () => {} }) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once("POST", path, { body, headers: key ? { ...headers, "Idempotency-Key": `"${key}"` } : headers });
    } catch (fault) {
      if (!passing(fault) || attempt === TRIES) throw fault;
      again(attempt);
      await pause(Math.min(8000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2));
    }
  }
}

export const basic = (receipt, code) => ({ Authorization: `Basic ${btoa(`${receipt}:${code}`)}` });
