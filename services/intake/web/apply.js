// Apply: one short step after another, each checked before the next; kept in this tab until it is sent; one Idempotency-Key from the first letter on.
import { byId, day, el, language, page, said, word } from "./page.js";
import { get, Problem, send } from "./api.js";
import { makeBody, member, STEPS } from "./form.js";

const KEPT = "jisr-application"; // sessionStorage: a shared phone forgets it when the tab is closed

const fresh = () => ({ key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`, step: 0, members: 0, answers: { "/kind": "person" } });

function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEPT)) ?? fresh(); } catch { return fresh(); }
}

const state = kept();
let call = null;
let errors = new Map(); // pointer → message
let done = null;

const keep = () => { try { sessionStorage.setItem(KEPT, JSON.stringify(state)); } catch { /* full or forbidden: the tab itself still has it */ } };

const steps = () => STEPS.filter((step) => !step.only || step.only === state.answers["/kind"]);
const fieldsOf = (step) => [
  ...step.fields,
  ...(step.members ? Array.from({ length: state.members }, (_, i) => member(i + 1)).flat() : []),
  ...(step.consents ? (call?.consents ?? []).map(({ purpose }, i) => ({ pointer: `/consents/${purpose}`, type: "checkbox", required: purpose === "processing", place: i })) : []),
];

function set(field, value) {
  state.answers[field.pointer] = value;
  errors.delete(field.pointer);
  keep();
}

function control(field) {
  const id = `f${field.pointer.replaceAll("/", "-")}`;
  const value = state.answers[field.pointer];
  const error = errors.get(field.pointer);
  const described = [field.help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const common = { id, name: field.pointer, "aria-describedby": described, "aria-invalid": error ? "true" : null, "aria-required": field.required ? "true" : null };
  if (field.type === "select") {
    const options = [el("option", { value: "" }, word("choose")), ...field.options.map(([code, key]) => el("option", { value: code, selected: value === code }, word(key)))];
    return el("select", { ...common, onchange: (event) => set(field, event.target.value) }, ...options);
  }
  if (field.type === "checkbox") return el("input", { ...common, type: "checkbox", checked: value === true, onchange: (event) => set(field, event.target.checked) });
  const kind = field.type === "number" ? { type: "text", inputmode: "decimal", dir: "ltr" } : { type: field.type, dir: field.dir, lang: field.lang };
  return el("input", { ...common, ...kind, value: value ?? "", autocomplete: "off", autocapitalize: field.caps ? "characters" : null, oninput: (event) => set(field, event.target.value) });
}

function fieldNode(field, label = word(field.word)) {
  const input = control(field);
  const error = errors.get(field.pointer);
  const notes = [field.help && el("small", { id: `${input.id}-help` }, word(field.help)), error && el("small", { id: `${input.id}-error`, class: "error" }, error)];
  if (field.type === "checkbox") return el("p", { class: "field check" }, input, el("label", { for: input.id }, label), ...notes);
  return el("p", { class: "field" }, el("label", { for: input.id }, label), input, ...notes);
}

function radioNode(field) {
  const pick = (code) => () => { set(field, code); draw(); };
  return el("fieldset", { class: "field" }, el("legend", {}, word(field.word)), ...field.options.map(([code, key]) =>
    el("label", { class: "radio" }, el("input", { type: "radio", name: field.pointer, value: code, checked: state.answers[field.pointer] === code, onchange: pick(code) }), el("span", {}, word(key)))));
}

function membersNode() {
  const change = (by) => () => { state.members = Math.max(0, state.members + by); keep(); draw(); };
  const groups = Array.from({ length: state.members }, (_, i) => el("fieldset", { class: "member" }, el("legend", {}, word("member_n", i + 2)), ...member(i + 1).map((field) => fieldNode(field))));
  return el("div", {}, el("h3", {}, word("members")), el("p", { class: "note" }, word("members_help")), ...groups,
    el("p", { class: "buttons" }, el("button", { type: "button", class: "button", id: "add-member", onclick: change(1) }, word("add_member")),
      state.members > 0 ? el("button", { type: "button", class: "button quiet", onclick: change(-1) }, word("remove")) : null));
}

function consentNodes(step) {
  return fieldsOf(step).map((field) => fieldNode(field, `${said(call.consents[field.place].text) || word("consent_text_missing")} ${word(field.required ? "required_consent" : "optional_consent")}`));
}

function draw() {
  if (done) return showReceipt();
  const all = steps();
  state.step = Math.min(state.step, all.length - 1);
  const step = all[state.step];
  byId("progress").max = all.length;
  byId("progress").value = state.step + 1;
  byId("step").textContent = word("step_of", state.step + 1, all.length);
  byId("back").hidden = state.step === 0;
  byId("next").textContent = word(state.step === all.length - 1 ? "send" : "next");
  byId("fields").replaceChildren(el("h2", {}, word(step.word)), ...step.fields.map((field) => (field.type === "radio" ? radioNode(field) : fieldNode(field))),
    ...(step.members ? [membersNode()] : []), ...(step.consents && call ? consentNodes(step) : []));
  byId("summary").hidden = errors.size === 0;
  byId("summary").textContent = errors.size ? word("errors_n", errors.size) : "";
}

function checkStep(step) {
  for (const field of fieldsOf(step)) {
    const value = state.answers[field.pointer];
    if (field.required && (value == null || value === "" || (field.type === "checkbox" && value !== true))) errors.set(field.pointer, word("missing"));
  }
  return errors.size === 0;
}

function focusFirstError() {
  draw();
  (document.querySelector("[aria-invalid]") ?? byId("summary")).focus();
}

// The API's errors go to their fields, and the page to the first step that has one.
function takeErrors(problem) {
  const own = (pointer) => (pointer.startsWith("/cooperative/members/0/") ? pointer.replace("/cooperative/members/0", "/applicant") : pointer);
  const consent = (pointer) => pointer.replace(/^\/consents\/(\d+).*$/, (_, i) => `/consents/${call.consents[i]?.purpose}`).replace(/^\/consents$/, "/consents/processing");
  errors = new Map(problem.errors.map(({ pointer, message }) => [consent(own(pointer)), message]));
  const all = steps();
  const place = all.findIndex((step) => fieldsOf(step).some((field) => errors.has(field.pointer)));
  if (place >= 0) state.step = place;
  focusFirstError();
  if (place < 0) byId("summary").textContent = problem.errors.map(({ message }) => message).join(" ");
}

async function submit() {
  const body = makeBody(state.answers, { call: call.id, consents: call.consents, members: state.members, language });
  byId("next").disabled = true;
  byId("wait").textContent = word("sending");
  try {
    done = await send("/applications", { key: state.key, body, again: () => { byId("wait").textContent = word("resending"); } });
    sessionStorage.removeItem(KEPT);
    draw();
  } catch (fault) {
    if (fault instanceof Problem && fault.status === 422 && fault.errors.length) {
      state.key = fresh().key; // what was refused is stored nowhere; the mended one is another request
      keep();
      takeErrors(fault);
    } else {
      byId("summary").hidden = false;
      byId("summary").textContent = word("failed");
      byId("summary").focus();
    }
  } finally {
    byId("next").disabled = false;
    byId("wait").textContent = "";
  }
}

function showReceipt() {
  byId("form").hidden = true;
  const box = byId("done");
  box.hidden = false;
  box.replaceChildren(el("h2", {}, word("received")), el("p", {}, word("keep")),
    el("dl", {}, el("dt", {}, word("receipt")), el("dd", { id: "receipt-number", dir: "ltr" }, done.receipt_number), el("dt", {}, word("code")), el("dd", { id: "secret-code", dir: "ltr" }, done.secret_code),
      el("dt", {}, word("answer_due")), el("dd", {}, day(done.answer_due_at))),
    el("p", { class: "buttons" }, el("button", { type: "button", class: "button", onclick: () => print() }, word("print")), el("a", { class: "button primary", href: "status" }, word("follow"))));
  box.focus();
}

byId("back").addEventListener("click", () => { errors.clear(); state.step--; keep(); draw(); });
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  errors.clear();
  const all = steps();
  if (!checkStep(all[state.step])) return focusFirstError();
  if (state.step === all.length - 1) return submit();
  state.step++;
  keep();
  draw();
  byId("main").scrollIntoView();
});

page(draw);
get("/calls").then(({ items }) => {
  call = items.find((each) => each.state === "OPEN") ?? null;
  if (!call) { byId("form").replaceChildren(el("p", { class: "notice" }, word("no_call"))); return; }
  draw();
}).catch(() => { byId("summary").hidden = false; byId("summary").textContent = word("unreachable"); });
