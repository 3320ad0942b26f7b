// Who is signed in. By OpenID Connect (authorization code with PKCE, RFC 7636) at whatever issuer the service names, or by a link that carries a token in its
// fragment (one machine: deploy/up prints them). The token lives in this tab's sessionStorage; what is read out of it here is for show, the services check it. Who signs in
// again in another window, since a session is over in which something is being written, is told to that window.
import { get, sendOnce } from "../api.js";

const TOKEN = "jisr-token", FLOW = "jisr-flow", NEWS = "jisr-session";

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const secret = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const channel = () => ("BroadcastChannel" in window ? new BroadcastChannel(NEWS) : null); // Safari has it since 15.4
const home = () => `${location.origin}/staff`;

function claimsOf(token) {
  try {
    const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  } catch {
    return null;
  }
}

// {token, role, subject, territories, until}, or null when nobody is signed in or the time is over.
export function session() {
  const token = sessionStorage.getItem(TOKEN);
  const claims = token && claimsOf(token);
  if (!claims || claims.exp * 1000 <= Date.now()) return null;
  return { token, role: claims.role, subject: claims.sub, territories: claims.territories ?? [], until: claims.exp * 1000 };
}

export const bearer = () => ({ Authorization: `Bearer ${session()?.token ?? ""}` });

// What staff do with a file: once, however often it is sent, and refused where the file is not as they saw it.
export const change = (file, path, body) => sendOnce(`/applications/${file.id}/${path}`, { version: file.version, body, headers: bearer() });

export function signOut() {
  sessionStorage.removeItem(TOKEN);
  location.replace("/staff");
}

async function discovered() {
  const { issuer, client_id } = await get("/sign-in");
  if (!issuer) return null;
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { credentials: "omit" });
  const document = await answer.json();
  if (document.issuer !== issuer) throw new Error("issuer");
  return { ...document, client_id };
}

export const hasIssuer = async () => Boolean((await get("/sign-in")).issuer);

// Leaves for the issuer's own page. `aside`: in a window of its own, which closes when that is done.
export async function signIn({ aside = false } = {}) {
  const flow = { state: secret(), verifier: secret(), aside };
  sessionStorage.setItem(FLOW, JSON.stringify(flow));
  const there = aside ? open("", "_blank") : window; // before anything is waited for: it is the press that opens it. What is kept for this tab is copied into it
  const issuer = await discovered().catch((problem) => { if (aside) there.close(); throw problem; });
  const challenge = base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(flow.verifier))));
  there.location.assign(`${issuer.authorization_endpoint}?${new URLSearchParams({ response_type: "code", client_id: issuer.client_id, redirect_uri: home(), scope: "openid", state: flow.state,
    code_challenge: challenge, code_challenge_method: "S256" })}`);
}

async function redeem(asked) {
  const flow = JSON.parse(sessionStorage.getItem(FLOW) ?? "null");
  sessionStorage.removeItem(FLOW);
  const issuer = await discovered();
  if (!flow || asked.get("state") !== flow.state || (asked.has("iss") && asked.get("iss") !== issuer.issuer)) throw new Error("state");
  const answer = await fetch(issuer.token_endpoint, { method: "POST", credentials: "omit", headers: { Accept: "application/json" }, body: new URLSearchParams({
    grant_type: "authorization_code", code: asked.get("code"), redirect_uri: home(), client_id: issuer.client_id, code_verifier: flow.verifier }) });
  if (!answer.ok) throw new Error("token");
  return { token: (await answer.json()).access_token, aside: flow.aside };
}

// Waits for a sign-in in another window of this browser, and takes it over.
export function signedInElsewhere(then) {
  const news = channel();
  if (news) news.onmessage = ({ data }) => { news.close(); sessionStorage.setItem(TOKEN, data); then(); };
}

// Takes a token from the address, by either way, and leaves none in it. Rejects when the issuer's answer isn't ours.
export async function arrive() {
  const asked = new URLSearchParams(location.search);
  const linked = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!linked && !asked.has("code") && !asked.has("error")) return;
  history.replaceState(null, "", "/staff");
  if (asked.has("error")) throw new Error(asked.get("error"));
  const { token, aside } = linked ? { token: linked } : await redeem(asked);
  sessionStorage.setItem(TOKEN, token);
  channel()?.postMessage(token);
  if (aside) close();
}
