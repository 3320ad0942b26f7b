// A woman is registered by an agent: the whole form on one page, in her presence; receipt and code are for her.
import { el, language, said, word } from "../page.js";
import { get, newKey, Problem, send } from "../api.js";
import { button, buttons, field, select } from "../ui.js";
import { ASSISTANCE, fault, fieldPointer, fieldsOf, makeBody, stepsOf } from "../form.js";
import { errorSummary, fieldGroup, stepNodes } from "../fields.js";
import { keeping, numbers } from "../receipt.js";
import { bearer } from "./session.js";

// Where an agent sits stays as it is from one woman to the next.
const fresh = (before) => ({ key: newKey(), members: 0, call: before?.call ?? null, answers: { "/kind": "person", "/assistance/channel": before?.answers["/assistance/channel"] ?? "office", "/assistance/place": before?.answers["/assistance/place"] } });

let state = fresh(); // stays when another view is looked at meanwhile

export async function show(place, { role, fail }) {
  const calls = (await get("/calls")).items.filter((each) => each.state === "OPEN");
  const assisted = role === "agent"; // the service takes that from agents alone
  let errors = new Map();
  if (!calls.length) { place.replaceChildren(el("p", { class: "notice" }, word("no_call"))); return; }

  const callOf = () => calls.find(({ id }) => id === state.call) ?? calls[0];
  const form = {
    byStaff: true,
    get call() { return callOf(); },
    get state() { return state; },
    get errors() { return errors; },
    set(pointer, value) { state.answers[pointer] = value; errors.delete(pointer); },
    keep() {},
    draw: () => draw(),
  };
  const steps = () => stepsOf(state.answers, callOf()).filter((step) => !step.review);
  const items = () => [...(assisted ? ASSISTANCE : []), ...steps().flatMap((step) => fieldsOf(step, { members: state.members, call: callOf() }))];

  function callNode() {
    if (calls.length < 2) return null;
    const pick = (event) => { state.call = event.target.value; draw(); };
    return field({ id: "new-call", label: word("call"), control: select(calls.map(({ id, title }) => [id, said(title)]), callOf().id, { onchange: pick }, null) });
  }

  function draw() {
    place.replaceChildren(el("h2", {}, word("desk_new")), el("p", { class: "note" }, word("new_help")),
      el("form", { id: "new", novalidate: true, onsubmit: (event) => { event.preventDefault(); void submit(); } },
        el("div", { class: "summary", role: "alert", id: "new-summary" }, errors.size ? errorSummary(items(), form) : []), ...[callNode()].filter(Boolean),
        assisted ? el("section", { class: "reviewed" }, fieldGroup("assistance", ASSISTANCE, form)) : "",
        steps().map((step) => el("section", { class: "reviewed" }, stepNodes(step, form, `new-${step.word}`))),
        el("p", { class: "buttons" }, el("button", { class: "button primary", id: "register" }, word("send")))));
  }

  function drawReceipt(filed) {
    const signed = Boolean(state.answers["/assistance/paper"]);
    place.replaceChildren(el("h2", {}, word("registered")), el("p", {}, word("give_her")), assisted && !signed ? el("p", { class: "notice" }, word("she_confirms")) : "", numbers(filed), keeping(filed),
      buttons(button("another_woman", () => { state = fresh(state); draw(); place.focus(); }, { class: "button primary", id: "another-woman" }), el("a", { class: "button", href: `#/file/${filed.id}`, id: "open-file" }, word("open_file"))));
    place.focus();
  }

  function focusFirstError() {
    draw();
    place.querySelector("[aria-invalid]")?.focus();
  }

  async function submit() {
    errors = new Map();
    for (const item of items()) {
      const wrong = fault(item, state.answers);
      if (wrong) errors.set(item.pointer, word(wrong));
    }
    if (errors.size) { focusFirstError(); return; }
    try {
      drawReceipt(await send("/applications", { key: state.key, body: makeBody(state.answers, { call: callOf(), members: state.members, language, assisted }), headers: bearer() }));
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.errors.length) { fail(problem); return; }
      state.key = newKey();
      errors = new Map(problem.errors.map(({ pointer, message }) => [fieldPointer(pointer, callOf()), message]));
      focusFirstError();
    }
  }

  draw();
}
