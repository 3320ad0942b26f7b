// Apply: one short step after another, each checked before the next and kept on this phone, sealed; sent when there is a network, never twice.
import { byId, el, language, learn, moment, page, word } from "./page.js";
import { get, newKey, passing } from "./api.js";
import { ask, button, buttons, refill, toast } from "./ui.js";
import { fault, fieldPointer, fieldsOf, makeBody, stepsOf } from "./form.js";
import { errorSummary, stepNodes } from "./fields.js";
import { forget, keep, recall, recallAll } from "./kept.js";
import * as outbox from "./outbox.js";
import { keeping, numbers } from "./receipt.js";
import { askedList, documentOf, itemsOf } from "./asked.js";
import { keepDraft, takeOver } from "./draft.js";
import { WORDS } from "./words-apply.js";

const KEPT = "form";
const ASIDE = "aside-"; // and a form's key: it waits for the one that is worked on
const KEPT_DAYS = 7; // a phone may be shared: what is left lying is thrown away
const MINE = "jisr-mine"; // this tab is where the kept form was last worked on
const DAY_MS = 86400000;
const RETRY_MS = 15000;
const DOUBLE_TAP_MS = 600;

learn(WORDS);

// mode: "new"; "draft": kept by the service too; "amend": already submitted. `file`: which application that is; `unsure`: a save of it that is not answered;
// `asked`: what she is asked to complete of it.
const fresh = () => ({ key: newKey(), mode: "new", file: null, unsure: null, call: null, step: 0, members: 0, answers: { "/kind": "person" }, at: Date.now() });

let state = fresh();
let calls = [];
let call = null; // the form's
let errors = new Map(); // pointer → key of a text, or a message of the API
let view = "form"; // "found": another's or an older form is on this phone; "waiting": sent as soon as there is a network; "done"
let done = null;
let queued = [];

const form = {
  get state() { return state; },
  get errors() { return new Map([...errors].map(([pointer, text]) => [pointer, word(text)])); },
  get call() { return call; },
  get calls() { return calls.filter(isOpen); },
  get fixedKind() { return state.mode !== "new"; },
  set(pointer, value) {
    if (pointer === "/call") chooseCall(value);
    else state.answers[pointer] = value;
    errors.delete(pointer);
    form.keep();
  },
  keep() { state.at = Date.now(); sessionStorage.setItem(MINE, state.key); void keep(KEPT, state); },
  draw: () => draw(),
  change(step) { state.step = step; go(); },
};

const isOpen = (each) => each.state === "OPEN";
const steps = () => stepsOf(state.answers, call);
const context = () => ({ members: state.members, call });
const body = () => makeBody(state.answers, { call, members: state.members, language });

// The call of the form that is on the screen: hers already, the one that the address names (/apply?call=…), or the first that is open.
function chooseCall(id) {
  const named = new URLSearchParams(location.search).get("call");
  call = calls.find((each) => each.id === (id ?? state.call)) ?? calls.find((each) => each.id === named && isOpen(each)) ?? calls.find(isOpen) ?? null;
  state.call = call?.id ?? null;
  if (call && !call.kinds.includes(state.answers["/kind"])) [state.answers["/kind"]] = call.kinds;
}

// ── Drawing ──

function drawForm() {
  const all = steps();
  state.step = Math.max(0, Math.min(state.step, all.length - 1));
  byId("progress").max = all.length;
  byId("progress").value = state.step + 1;
  byId("step").textContent = word("step_of", state.step + 1, all.length);
  byId("back").hidden = state.step === 0;
  byId("next").textContent = word(state.step < all.length - 1 ? "next" : state.mode === "amend" ? "send_changes" : "send");
  byId("later").hidden = state.step === 0 || state.mode !== "new";
  drawAsked();
  refill(byId("fields"), stepNodes(all[state.step], form));
  byId("summary").hidden = errors.size === 0;
  byId("summary").replaceChildren(...(errors.size ? errorSummary(fieldsOf(all[state.step], context()), form) : []));
}

// What the programme misses in her form: each leads to its field.
function drawAsked() {
  const items = itemsOf((state.asked ?? []).filter((pointer) => !documentOf(pointer)), state.answers["/kind"], call);
  byId("asked").replaceChildren(...(items.length ? [el("div", { class: "notice" }, el("b", {}, word("complement")), askedList(items, ({ pointer }) => goToField(pointer)))] : []));
}

function goToField(pointer) {
  const has = (step) => fieldsOf(step, context()).some((item) => item.pointer === pointer) || (step.members && pointer === "/cooperative/members");
  const place = steps().findIndex(has);
  if (place < 0) return;
  form.change(place);
  (document.querySelector(`#fields [name="${pointer}"], #fields [name^="${pointer}/"]`) ?? byId("step-title")).focus();
}

function drawFound() {
  byId("done").replaceChildren(el("h2", {}, word("found")), el("p", {}, word("found_help", moment(state.at))), buttons(
    button("go_on", () => { form.keep(); show("form"); }, { class: "button primary", id: "go-on" }),
    button("start_anew", async () => { if (await ask(word("start_anew_sure"), "start_anew")) await restart(); }, { id: "anew" })));
}

function drawWaiting() {
  byId("done").replaceChildren(el("h2", {}, word("waiting_title")), el("p", {}, word("waiting_help")), buttons(
    button("try_now", flush, { class: "button primary", id: "try-now" }), button("another", restart)));
}

function drawDone() {
  const draft = done.mode === "draft";
  const title = { amend: "changes_received", draft: "draft_kept", new: "received" }[done.mode];
  byId("done").replaceChildren(...[el("h2", {}, word(title)), el("p", {}, word(draft ? "draft_kept_help" : "keep")), numbers(done), keeping(done),
    draft ? buttons(button("go_on", () => show("form"), { class: "button primary", id: "go-on" }))
      : buttons(el("a", { class: "button primary", href: "/status" }, word("follow")), button("another", async () => { await outbox.noted(done); await restart(); }, { id: "another" })),
    draft ? null : el("p", { class: "note" }, word("noted_help"))].filter(Boolean));
}

function drawQueue() {
  const others = queued.filter(({ key }) => !(view === "waiting" && key === state.key));
  byId("waiting").replaceChildren(...(others.length ? [el("p", { class: "notice" }, word("queue_n", others.length))] : []));
}

const VIEWS = { found: drawFound, waiting: drawWaiting, done: drawDone };

function draw() {
  byId("form").hidden = view !== "form";
  byId("done").hidden = view === "form";
  if (call === null && view === "form") return;
  (VIEWS[view] ?? drawForm)();
  drawQueue();
}

// The second tap of a double one is meant for the step before: she has not read what it would send.
function guardSending() {
  if (view !== "form" || state.step < steps().length - 1) return;
  byId("next").disabled = true;
  setTimeout(() => { byId("next").disabled = false; }, DOUBLE_TAP_MS);
}

function go() {
  draw();
  guardSending();
  const title = view === "form" ? byId("step-title") : byId("done");
  title.focus({ preventScroll: true });
  byId("main").scrollIntoView();
}

function show(name) { view = name; go(); }

async function restart() {
  errors.clear();
  sessionStorage.removeItem(MINE);
  await forget(KEPT);
  const waited = await takeUp();
  state = waited ?? fresh();
  chooseCall();
  show(waited ? "found" : "form");
}

// ── Several forms on one phone ──

async function throwAwayOld() {
  const old = ({ at }) => Date.now() - at > KEPT_DAYS * DAY_MS;
  const kept = await recall(KEPT);
  if (kept && old(kept)) await forget(KEPT);
  for (const { key } of (await recallAll(ASIDE)).filter(old)) await forget(ASIDE + key);
}

// Before the form of this application is worked on: what is kept of another one waits.
async function setAside({ receipt_number }) {
  const kept = await recall(KEPT);
  if (kept && kept.file?.receipt_number !== receipt_number) await keep(ASIDE + kept.key, kept);
}

// Of those that wait the one that was worked on last; null: none does.
async function takeUp() {
  const [last = null] = (await recallAll(ASIDE)).sort((one, other) => other.at - one.at);
  if (last) { await keep(KEPT, last); await forget(ASIDE + last.key); }
  return last;
}

// ── Errors ──

function checkStep(step) {
  for (const item of fieldsOf(step, context())) {
    const wrong = fault(item, state.answers);
    if (wrong) errors.set(item.pointer, wrong);
  }
  return errors.size === 0;
}

function focusFirstError() {
  draw();
  (document.querySelector("[aria-invalid]") ?? byId("summary")).focus();
}

// The API's errors go to their fields, and the page to the first step that has one.
function takeErrors(refused) {
  errors = new Map(refused.map(({ pointer, message }) => [fieldPointer(pointer, call), message]));
  const place = steps().findIndex((step) => fieldsOf(step, context()).some((item) => errors.has(item.pointer)));
  if (place >= 0) state.step = place;
  view = "form";
  focusFirstError();
  if (place < 0) byId("summary").textContent = refused.map(({ message }) => message).join(" ");
}

// ── Sending ──

const say = (key) => { byId("saved").textContent = word(key); };

async function submit() {
  const mine = state;
  byId("next").disabled = true;
  await saving;
  say("sending");
  if (mine === state && errors.size === 0) { // else a save has come upon something that she has to see first
    const { key, mode, file, unsure } = state;
    const item = { key, kind: mode === "new" && unsure ? "draft" : mode, at: Date.now(), body: body(), state: { ...state }, file, unsure };
    await outbox.put(item);
    await settle(item, await outbox.attempt(item, () => say("resending")));
  }
  byId("next").disabled = false;
  byId("saved").textContent = "";
}

// What became of a sending: the receipt, the errors, or a wait for the network.
async function settle(item, { answer, later, errors: refused, status }) {
  const mine = item.key === state.key;
  if (answer) {
    const receipt = { secret_code: item.file?.secret_code, ...answer, mode: item.kind === "amend" ? "amend" : "new" };
    await outbox.keepReceipt(receipt);
    if (mine) { await forget(KEPT); done = receipt; show("done"); } else toast(word("sent_meanwhile", receipt.receipt_number));
  } else if (later) {
    if (mine) { await forget(KEPT); show("waiting"); }
  } else if (mine || view !== "form") {
    await outbox.drop(item);
    state = { ...item.state, file: item.file, unsure: item.unsure, key: newKey() }; // what was refused is stored nowhere; the mended one is another request
    form.keep();
    if (refused.length) return takeErrors(refused);
    view = "form";
    draw();
    byId("summary").hidden = false;
    byId("summary").textContent = word(status === 409 ? "conflict" : status === 412 ? "changed_elsewhere" : "failed");
    byId("summary").focus();
  }
  queued = await outbox.waiting();
  drawQueue();
}

async function flush() {
  const work = [];
  await outbox.flush((item, outcome) => work.push(() => settle(item, outcome)));
  for (const step of work) await step();
}

// ── A draft that the service keeps too ──

// One save at a time: the version that one is about to raise would look to the next as if somebody else had changed the form.
let saving = Promise.resolve();
const saveDraft = () => { saving = saving.then(saveNow); return saving; };

async function saveNow() {
  const mine = state;
  say("saving");
  try {
    await keepDraft(mine, body(), form.keep);
    say("saved");
  } catch (problem) {
    say("saved_here");
    if (mine !== state || passing(problem)) return;
    if (problem.status === 412) await takeTheirs();
    else if (problem.errors?.length) takeErrors(problem.errors);
  }
}

async function takeTheirs() {
  try {
    open(await takeOver(state.file, calls));
    toast(word("changed_elsewhere"));
  } catch { /* without a network hers stays on the screen, and the next save asks again */ }
}

function open(taken) {
  state = { ...fresh(), ...taken };
  chooseCall();
  form.keep();
  show("form");
}

byId("later").addEventListener("click", async () => {
  byId("later").disabled = true;
  await saveDraft();
  byId("later").disabled = false;
  if (state.mode !== "draft") { toast(word("saved_here")); return; }
  done = { ...state.file, mode: "draft" };
  show("done");
});

byId("back").addEventListener("click", () => { errors.clear(); state.step--; form.keep(); go(); });

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  errors.clear();
  if (call === null) return;
  const all = steps();
  if (!checkStep(all[state.step])) { focusFirstError(); return; }
  if (state.step === all.length - 1) { void submit(); return; }
  state.step++;
  form.keep();
  go();
  if (state.mode === "draft") void saveDraft();
});

// ── Beginning: what is on this phone already, or what she asked to go on with ──

async function begin() {
  chooseCall();
  await throwAwayOld();
  const asked = sessionStorage.getItem("jisr-open"); // from the status page: {receipt_number, secret_code, pointer?: the field that she is asked for}
  if (asked) {
    const { pointer, ...named } = JSON.parse(asked);
    const taken = await takeOver(named, calls).catch((problem) => {
      if (!passing(problem)) sessionStorage.removeItem("jisr-open"); // else it is opened when the page is loaded again
      throw problem;
    });
    sessionStorage.removeItem("jisr-open");
    await setAside(taken.file);
    open(taken);
    return pointer ? goToField(pointer) : null;
  }
  let kept = await recall(KEPT);
  queued = await outbox.waiting();
  const refused = queued.find((item) => item.errors);
  const receipt = kept || refused ? null : (await outbox.receipts())[0];
  if (!refused && !receipt) kept ??= await takeUp();
  if (kept) {
    state = kept;
    chooseCall();
    if (sessionStorage.getItem(MINE) !== kept.key) view = "found";
  }
  if (refused && !kept) { state = refused.state; chooseCall(); await settle(refused, refused); }
  else if (receipt) { done = receipt; view = "done"; }
  return draw();
}

page(draw);
get("/calls").then(async ({ items }) => {
  calls = items;
  chooseCall();
  if (!call && !sessionStorage.getItem("jisr-open")) { byId("form").replaceChildren(el("p", { class: "notice" }, word("no_call"))); return; }
  await begin();
  void flush();
}).catch(() => {
  byId("summary").hidden = false;
  byId("summary").replaceChildren(el("p", {}, word("unreachable")), buttons(button("again", () => location.reload(), { id: "load-again" })));
});
addEventListener("online", flush);
document.addEventListener("visibilitychange", () => { if (!document.hidden && call) void flush(); });
setInterval(() => { if (queued.length && navigator.onLine !== false) void flush(); }, RETRY_MS);
