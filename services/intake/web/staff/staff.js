// The staff's pages: sign-in, and the views that a role has. A view is a module with show(place, parameters); its name is the address's fragment. Where something is
// written in it, show() resolves to what draws it anew in another language.
import { byId, el, learn, page, word } from "../page.js";
import { Problem } from "../api.js";
import { button, buttons, toast } from "../ui.js";
import { arrive, hasIssuer, session, signedInElsewhere, signIn, signOut } from "./session.js";
import { WORDS } from "./words-staff.js";
import { WORDS as FORM_WORDS } from "../words-apply.js";

learn(FORM_WORDS);
learn(WORDS);

const ALL = ["agent", "reviewer", "committee", "trainer", "auditor", "admin"];

// What there is, for whom. The services decide what is allowed; this only spares people what they can't do.
const VIEWS = [
  { name: "list", key: "desk_list", roles: ALL, load: () => import("./list.js") },
  { name: "new", key: "desk_new", roles: ["agent", "admin"], load: () => import("./new.js") },
  { name: "imports", key: "desk_imports", roles: ["agent", "admin"], load: () => import("./imports.js") },
  { name: "mine", key: "desk_mine", roles: ["agent"], load: () => import("./list.js") },
  { name: "due", key: "desk_due", roles: ALL, load: () => import("./list.js") },
  { name: "doubles", key: "desk_doubles", roles: ["reviewer", "admin"], load: () => import("./pairs.js") },
  { name: "retention", key: "desk_retention", roles: ["admin", "auditor"], load: () => import("./retention.js") },
  { name: "calls", key: "desk_calls", roles: ["admin", "auditor", "committee"], load: () => import("./calls.js") },
  { name: "file", roles: ALL, load: () => import("./file.js") },
  { name: "amend", roles: ["agent", "admin"], load: () => import("./amend.js") },
  { name: "call", roles: ["admin", "auditor"], load: () => import("./editor.js") },
  { name: "pair", roles: ["reviewer", "admin"], load: () => import("./pair.js") },
];

let failure = null;
let shown = null; // the view on the screen: {who, name, redraw}
let waiting = false; // for a sign-in elsewhere

function drawSignIn() {
  const there = session();
  byId("views").hidden = true;
  const place = freshPlace();
  place.removeAttribute("aria-busy");
  place.replaceChildren(el("h2", {}, word("sign_in")), el("p", {}, word(there ? "wrong_role" : "sign_in_help")));
  hasIssuer().then((issuer) => place.append(issuer ? buttons(button("sign_in", () => signIn().catch(fail), { class: "button primary", id: "sign-in" })) : el("p", { class: "note" }, word("no_issuer"))), fail);
}

function drawViews({ role, subject, territories }, current) {
  byId("views").hidden = false;
  byId("views").replaceChildren(el("ul", {}, VIEWS.filter(({ key, roles }) => key && roles.includes(role)).map(({ name, key }) =>
    el("li", {}, el("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, word(key))))),
  el("p", { class: "who" }, el("span", {}, el("bdi", {}, subject), ` · ${word(`role_${role}`)} · `, territories.length ? territories.map((code) => [el("bdi", { class: "receipt-text" }, code), " "]) : word("everywhere")), el("button", { type: "button", class: "link", id: "sign-out", onclick: signOut }, word("sign_out"))));
  showCurrent(byId("views").firstElementChild);
}

// On a phone the views are a row to move along: the one that is open is in its middle.
function showCurrent(row) {
  const middle = (node) => { const { left, width } = node.getBoundingClientRect(); return left + width / 2; };
  const current = row.querySelector("[aria-current]");
  if (current) row.scrollLeft += middle(current) - middle(row);
}

// The session is over while a view is open: it stays as it is, for the same person to go on with.
function askAgain() {
  const place = byId("summary"), way = el("span");
  place.hidden = false;
  place.replaceChildren(word("session_over"), " ", way);
  hasIssuer().then((issuer) => way.append(issuer ? button("sign_in", () => signIn({ aside: true }).catch(fail), { id: "sign-in" }) : word("session_elsewhere")), fail);
  place.focus();
  if (!waiting) signedInElsewhere(goOn);
  waiting = true;
}

function goOn() {
  waiting = false;
  const who = session(), before = shown?.who;
  if (!before || who?.subject !== before.subject || who.role !== before.role) { location.reload(); return; }
  shown.who = who;
  byId("summary").hidden = true;
  drawViews(who, shown.name);
  toast(word("session_back"));
}

function fail(problem) {
  failure = problem;
  if (problem instanceof Problem && problem.status === 401) return shown ? askAgain() : drawSignIn();
  byId("summary").hidden = false;
  byId("summary").textContent = problem instanceof Problem ? problem.errors[0]?.message ?? problem.message : word("unreachable");
  byId("summary").focus();
  return null;
}

// Each view has a place of its own, with what was there before it until it draws. An answer that comes after somebody has gone on is drawn where nobody looks.
function freshPlace() {
  const before = byId("view");
  const place = before.cloneNode(false);
  place.append(...before.childNodes);
  before.replaceWith(place);
  return place;
}

async function draw() {
  const who = session();
  failure = shown = null;
  byId("summary").hidden = true;
  if (!who || !ALL.includes(who.role)) return drawSignIn();
  const [, name = "list", ...parameters] = location.hash.split("/");
  const view = VIEWS.find((each) => each.name === name && each.roles.includes(who.role)) ?? VIEWS[0];
  drawViews(who, view.name);
  const place = freshPlace();
  const { hash } = location;
  const failHere = (problem) => { if (place.isConnected) fail(problem); };
  place.setAttribute("aria-busy", "true");
  try {
    const redraw = await (await view.load()).show(place, { name: view.name, parameters: parameters.map(decodeURIComponent), role: who.role, fail: failHere });
    if (place.isConnected) shown = { who, name: view.name, redraw };
  } catch (problem) {
    failHere(problem);
  }
  place.removeAttribute("aria-busy");
  place.dataset.view = hash;
  return place;
}

document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); byId("view").focus(); }); // the address's fragment is the view's name
addEventListener("hashchange", async () => {
  const place = await draw();
  if (!failure && place?.isConnected) place.focus({ preventScroll: true });
});
arrive().catch(() => { failure = "sign-in"; }).then(() => {
  const refused = failure === "sign-in";
  page(() => {
    if (!shown?.redraw) { void draw(); return; }
    drawViews(shown.who, shown.name);
    shown.redraw();
    if (waiting) askAgain();
  });
  if (refused) { byId("summary").hidden = false; byId("summary").textContent = word("sign_in_failed"); }
});
