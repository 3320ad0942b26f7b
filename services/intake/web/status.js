// Status: her file in plain words, with what to do now, reasons, history and training seat; her documents; her data. Receipt and code stay in this page's memory only.
import { byId, counted, day, el, language, lastDay, moment, number, page, said, word } from "./page.js";
import { basic, get, Problem, sendOnce } from "./api.js";
import { AMENDABLE, WITHDRAWABLE } from "./life.js";
import { savePdf } from "./receipt.js";
import { ask, button, buttons, facts, oneAtATime, receiptText, refill, stateChip, timeline, toast } from "./ui.js";

const REFRESH_MS = 4000;
const MOVING = [...WITHDRAWABLE, "FUNDED", "FOLLOW_UP"]; // what others may change while she looks
const REFUSED = ["INELIGIBLE", "REJECTED"];

// What she may do herself: the text of the button, when it is there, what it does.
const ACTIONS = [
  { key: "confirm", there: () => unconfirmed(), act: confirm, primary: true },
  { key: "go_on_filling", there: () => file.state === "DRAFT", act: () => openForm(), primary: true },
  { key: "complete", there: () => file.state === "INFO_REQUESTED", act: complete, primary: true },
  { key: "amend", there: () => AMENDABLE.includes(file.state), act: () => openForm() },
  { key: "receipt_pdf", there: () => file.submitted_at && file.id !== erased, act: () => savePdf(file, credential) },
  { key: "withdraw", there: () => WITHDRAWABLE.includes(file.state), act: withdraw, quiet: true },
];

let file = null;
let credential = null;
let typed = null;
let fault = null;
let erased = null; // the id of a file of whom nothing is left to be printed
let boxes = []; // below the file: what she declared, her documents, her data
let asked = null; // while she is asked for a complement: {items, list} of asked.js

const unconfirmed = () => file.submitted_at && file.confirmation?.needed;

// The form opens in the same tab; what it needs to know goes by the tab's own memory, not by the address.
function openForm(pointer) {
  sessionStorage.setItem("jisr-open", JSON.stringify({ receipt_number: file.receipt_number, secret_code: typed.code, pointer }));
  location.assign("/apply");
}

// ── What she is asked to complete ──

async function learnAsked(call) {
  asked = null;
  if (file.state !== "INFO_REQUESTED" || !file.complement?.fields.length) return;
  const mine = credential;
  const { askedList, documentOf, itemsOf, nameOf } = await import("./asked.js");
  if (mine !== credential) return;
  asked = { items: itemsOf(file.complement.fields, file.kind, call), call, list: askedList, documentOf, nameOf };
  draw();
}

function goToDocument(type) {
  const pick = byId(`pick-${type}`);
  pick?.closest("section").scrollIntoView({ block: "center" });
  pick?.focus({ preventScroll: true });
}

function goToAsked({ pointer }) {
  const type = asked.documentOf(pointer);
  if (type) goToDocument(type);
  else openForm(pointer);
}

// Where only documents are asked for, they are all that she sends: her form stays as it is.
function complete() {
  return asked?.items.every(({ pointer }) => asked.documentOf(pointer)) ? sendDocuments() : openForm();
}

async function sendDocuments() {
  try {
    const [{ items }, form, { answersOf, makeBody }] = await Promise.all([get(`/applications/${file.id}/documents`, credential), get(`/applications/${file.id}/form`, credential), import("./form.js")]);
    const missing = asked.items.find(({ pointer }) => !items.some(({ type, state }) => type === asked.documentOf(pointer) && state === "READY"));
    if (missing) { toast(word("add_first", asked.nameOf(missing)), "warn"); goToDocument(asked.documentOf(missing.pointer)); return; }
    const { answers, members } = answersOf(form, asked.call);
    await change("", "complement_sent", { method: "PUT", body: makeBody(answers, { call: asked.call, members, language }) });
  } catch {
    toast(word("unreachable"), "warn");
  }
}

// An answer that comes after she has left, or signed in with other numbers, is nobody's: it is not shown.
async function change(path, told, more = {}) {
  const mine = credential;
  try {
    const answer = await sendOnce(`/applications/${file.id}${path}`, { headers: mine, version: file.version, ...more });
    if (mine !== credential) return null;
    file = answer;
    toast(word(told));
  } catch (problem) {
    if (mine !== credential) return null;
    if (problem instanceof Problem && [409, 412].includes(problem.status)) { toast(word("not_now"), "warn"); return load(file.receipt_number); }
    fault = problem;
  }
  draw();
  byId("file").focus();
  return openBoxes();
}

function confirm() { return change("/confirmation", "confirmed_now"); }

async function withdraw() {
  if (await ask(word("withdraw_sure"), "withdraw", [el("p", {}, word("withdraw_what"))])) await change("/withdrawal", "withdrawn_now");
}

// ── Drawing ──

function clockText({ clock }) {
  if (!clock || (!clock.paused_since && clock.days_left < 0)) return null;
  return clock.paused_since ? word("paused_since", day(clock.paused_since)) : counted("days_left", clock.days_left);
}

function nowNode() {
  const { complement } = file;
  const awaited = file.state === "INFO_REQUESTED" && complement;
  const clock = clockText(file);
  const actions = ACTIONS.filter(({ there }) => there()).map(({ key, act, primary, quiet }) => button(key, act, { id: key, class: `button ${primary ? "primary" : quiet ? "quiet" : ""}` }));
  return el("div", { class: "now" }, el("h3", {}, word("now")), unconfirmed() ? el("p", { id: "confirm-help" }, word("confirm_help")) : null, el("p", { id: "do" }, word(`do_${file.state}`)),
    awaited ? el("blockquote", { id: "complement" }, said(complement.text)) : null,
    awaited && asked ? asked.list(asked.items, goToAsked) : null,
    awaited && complement.due_at ? el("p", { class: "note" }, `${word("complement_due")} ${lastDay(complement.due_at)}`) : null,
    clock ? el("p", { class: "note", id: "days-left" }, clock) : null,
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

function fundingNode({ funding, follow_up }) {
  if (!funding) return null;
  return el("div", { class: "funding" }, el("h3", {}, word("funding")),
    facts([[word("paid"), word("paid_amount", number(funding.amount_centimes / 100))], [word("paid_on"), day(funding.paid_on)],
      [word("payment_reference"), el("bdi", {}, funding.reference)], [word("accompanied_by"), follow_up ? el("bdi", {}, follow_up.by) : null]]));
}

function explain() {
  if (!(fault instanceof Problem) || fault.status >= 500) return word("unreachable");
  return word(fault.status === 429 ? "too_many" : "wrong_code");
}

function draw() {
  byId("summary").hidden = !fault;
  byId("summary").textContent = fault ? explain() : "";
  byId("form").hidden = Boolean(file);
  byId("file").hidden = !file;
  for (const { place } of boxes) place.hidden = !file;
  if (!file) { byId("file").replaceChildren(); return; }
  const why = said(file.history.at(-1)?.why);
  refill(byId("file"), [
    el("div", { class: "heading" }, el("h2", {}, stateChip(file.state, { class: "big", id: "state" })), button("close", leave, { id: "sign-off", class: "button quiet", "aria-label": word("sign_off") })),
    why && !said(file.complement?.text).startsWith(why) ? el("p", { "aria-live": "polite" }, why) : null, // what she is asked for stands below
    nowNode(), reasonsNode(), trainingNode(file), fundingNode(file),
    facts([[word("receipt"), receiptText(file.receipt_number)], [word("submitted_on"), file.submitted_at ? day(file.submitted_at) : null],
      [word("answer_due"), file.clock ? lastDay(file.clock.due_at) : null]]),
    el("h3", {}, word("history")), timeline(file.history),
  ]);
  for (const { box } of boxes) { box.file = file; box.draw(); }
}

// ── What is below the file ──

function closeBoxes(but = null) {
  for (const { box, place } of boxes.filter((each) => each !== but)) { box.close(); place.hidden = true; place.replaceChildren(); }
  boxes = [];
}

// Without them the file can be read; the page says that something is missing.
async function openBoxes() {
  const mine = credential;
  try {
    await fetchBoxes(mine);
  } catch (problem) {
    if (mine !== credential) return;
    fault = problem;
    draw();
  }
}

async function fetchBoxes(mine) {
  const { id } = file;
  const [{ DeclaredBox }, { DocumentBox }, { DataBox }, { MembersBox }, call] = await Promise.all([import("./declared.js"), import("./documents.js"), import("./mydata.js"), import("./members.js"), get(`/calls/${file.call}`)]);
  if (mine !== credential) return;
  const sending = boxes.find(({ box }) => box.sending); // an upload goes on, whatever else she does meanwhile
  closeBoxes(sending);
  const terms = { file, call, headers: mine };
  const box = (name, Kind, more) => ({ place: byId(name), box: new Kind(byId(name), { ...terms, ...more }) });
  boxes = [box("declared", DeclaredBox, { open: unconfirmed() }), ...(file.kind === "cooperative" && file.state !== "DRAFT" ? [box("members", MembersBox)] : []), sending ?? box("documents", DocumentBox, { hand: true }), box("my-data", DataBox, { changed: (now) => { if (mine !== credential) return null; file = now; draw(); return openBoxes(); }, gone: () => { erased = id; if (file?.id === id) draw(); } })];
  for (const each of boxes) { each.box.file = file; each.place.hidden = false; void each.box.load(); }
  await learnAsked(call);
}

// A phone may be shared: nothing of her stays on the screen.
function leave() {
  file = credential = typed = asked = null;
  closeBoxes();
  byId("form").reset();
  draw();
  byId("receipt").focus();
}

async function load(receipt) {
  const mine = credential;
  try {
    const read = await get(`/receipts/${encodeURIComponent(receipt)}`, mine);
    if (mine !== credential) return;
    if (!fault && file?.version >= read.version) return; // nothing new: what she reads or has focused stays where it is
    file = read;
    fault = null;
  } catch (problem) {
    if (mine !== credential) return;
    fault = problem;
    if (problem instanceof Problem && problem.status < 500 && problem.status !== 429) file = null;
  }
  draw();
}

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  typed = { receipt: byId("receipt").value.trim(), code: byId("code").value.trim().toUpperCase() };
  credential = basic(typed.receipt, typed.code);
  file = null;
  closeBoxes();
  await load(typed.receipt);
  if (!file) return;
  byId("file").focus();
  await openBoxes();
});

// The QR code of a receipt says whose file it is; what comes after # never leaves the browser.
const scanned = new URLSearchParams(location.hash.slice(1)).get("receipt");
if (scanned) byId("receipt").value = scanned;

// A file that still moves, or was not fetched in whole, is looked at again while the page is open.
const lookAgain = oneAtATime(async () => {
  await load(file.receipt_number);
  if (file && !fault && !boxes.length) await openBoxes();
});
setInterval(() => { if (file && !document.hidden && (fault || MOVING.includes(file.state))) void lookAgain(); }, REFRESH_MS);

page(draw);
