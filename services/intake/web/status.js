// Status: her file in plain words, with what to do now, reasons, history and training seat. Receipt and code stay in this page's memory only.
import { byId, day, el, moment, page, said, word } from "./page.js";
import { basic, get, Problem, send } from "./api.js";
import { savePdf } from "./receipt.js";
import { ask, button, buttons, facts, stateChip, timeline, toast } from "./ui.js";

const REFRESH_MS = 4000;
const AMENDABLE = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "ELIGIBLE"];
const WITHDRAWABLE = [...AMENDABLE, "INFO_REQUESTED", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "APPROVED"];
const REFUSED = ["INELIGIBLE", "REJECTED"];

// What she may do herself: the text of the button, the states in which it is there, what it does.
const ACTIONS = [
  { key: "go_on_filling", states: ["DRAFT"], act: openForm, primary: true },
  { key: "complete", states: ["INFO_REQUESTED"], act: openForm, primary: true },
  { key: "amend", states: AMENDABLE, act: openForm },
  { key: "receipt_pdf", states: null, act: () => savePdf(file, credential) },
  { key: "withdraw", states: WITHDRAWABLE, act: withdraw, quiet: true },
];

let file = null;
let credential = null;
let typed = null;
let fault = null;

// The form opens in the same tab; what it needs to know goes by the tab's own memory, not by the address.
function openForm() {
  sessionStorage.setItem("jisr-open", JSON.stringify({ receipt_number: file.receipt_number, secret_code: typed.code }));
  location.assign("/apply");
}

async function withdraw() {
  if (!await ask(word("withdraw_sure"), "withdraw", [el("p", {}, word("withdraw_what"))])) return;
  try {
    file = await send(`/applications/${file.id}/withdrawal`, { headers: credential, version: file.version });
    toast(word("withdrawn_now"));
  } catch (problem) {
    if (problem instanceof Problem && [409, 412].includes(problem.status)) { toast(word("not_now"), "warn"); return load(file.receipt_number); }
    fault = problem;
  }
  draw();
  byId("file").focus();
  return null;
}

function nowNode() {
  const { clock, complement } = file;
  const asked = file.state === "INFO_REQUESTED" && complement;
  const actions = ACTIONS.filter(({ states }) => (states ? states.includes(file.state) : file.submitted_at))
    .map(({ key, act, primary, quiet }) => button(key, act, { id: key, class: `button ${primary ? "primary" : quiet ? "quiet" : ""}` }));
  return el("div", { class: "now" }, el("h3", {}, word("now")), el("p", { id: "do" }, word(`do_${file.state}`)),
    asked ? el("blockquote", { id: "complement" }, said(complement.text)) : null,
    asked && complement.due_at ? el("p", { class: "note" }, `${word("complement_due")} ${day(complement.due_at)}`) : null,
    clock && (clock.paused_since || clock.days_left >= 0) ? el("p", { class: "note", id: "days-left" }, clock.paused_since ? word("paused_since", day(clock.paused_since)) : word("days_left", clock.days_left)) : null,
    REFUSED.includes(file.state) ? el("p", { class: "note" }, word("appeal")) : null,
    actions.length ? buttons(...actions) : null);
}

function reasonsNode() {
  const reasons = file.decision?.reasons ?? [];
  return reasons.length ? el("div", {}, el("h3", {}, word("reasons")), el("ul", {}, reasons.map((reason) => el("li", {}, said(reason))))) : null;
}

function trainingNode({ training }) {
  if (!training?.session) return null;
  return el("div", { class: "training" }, el("h3", {}, word("training")),
    facts([[word("seat"), said(training.title) || training.course], [word("place"), training.place], [word("starts"), training.starts_at ? moment(training.starts_at) : null]]));
}

function explain() {
  if (!(fault instanceof Problem) || fault.status >= 500) return word("unreachable");
  return word(fault.status === 429 ? "too_many" : "wrong_code");
}

function draw() {
  byId("summary").hidden = !fault;
  byId("summary").textContent = fault ? explain() : "";
  byId("file").hidden = !file;
  if (!file) return;
  const last = file.history.at(-1);
  byId("file").replaceChildren(...[
    el("h2", {}, stateChip(file.state, { class: "big", id: "state" })),
    el("p", { "aria-live": "polite" }, said(last?.why)),
    nowNode(), reasonsNode(), trainingNode(file),
    facts([[word("receipt"), el("bdi", { dir: "ltr" }, file.receipt_number)], [word("submitted_on"), file.submitted_at ? day(file.submitted_at) : null],
      [word("answer_due"), file.clock ? day(file.clock.due_at) : null]]),
    el("h3", {}, word("history")), timeline(file.history),
  ].filter(Boolean));
}

async function load(receipt) {
  try {
    const read = await get(`/receipts/${encodeURIComponent(receipt)}`, credential);
    if (!fault && file?.version === read.version) return; // nothing new: what she reads or has focused stays where it is
    file = read;
    fault = null;
  } catch (problem) {
    fault = problem;
    if (problem instanceof Problem && problem.status < 500 && problem.status !== 429) file = null;
  }
  draw();
}

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  typed = { receipt: byId("receipt").value.trim(), code: byId("code").value.trim() };
  credential = basic(typed.receipt, typed.code);
  file = null;
  await load(typed.receipt);
  if (file) byId("file").focus();
});

// The QR code of a receipt says whose file it is; what comes after # never leaves the browser.
const scanned = new URLSearchParams(location.hash.slice(1)).get("receipt");
if (scanned) byId("receipt").value = scanned;

// A file that still moves is looked at again while the page is open.
setInterval(() => { if (file && !document.hidden && WITHDRAWABLE.includes(file.state)) void load(file.receipt_number); }, REFRESH_MS);

page(draw);
