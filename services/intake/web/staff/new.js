// A woman is registered by an agent: the whole form on one page, in her presence; receipt and code are for her.
import { el, language, word } from "../page.js";
import { get, newKey, Problem, send } from "../api.js";
import { button, buttons } from "../ui.js";
import { fault, fieldPointer, fieldsOf, makeBody, stepsOf } from "../form.js";
import { stepNodes } from "../fields.js";
import { keeping, numbers } from "../receipt.js";
import { bearer } from "./session.js";

const fresh = () => ({ key: newKey(), members: 0, answers: { "/kind": "person" } });

let state = fresh(); // stays when another view is looked at meanwhile

export async function show(place, { fail }) {
  const { items } = await get("/calls");
  const call = items.find((each) => each.state === "OPEN");
  let errors = new Map();
  if (!call) { place.replaceChildren(el("p", { class: "notice" }, word("no_call"))); return; }

  const form = {
    call,
    get state() { return state; },
    get errors() { return errors; },
    set(pointer, value) { state.answers[pointer] = value; errors.delete(pointer); },
    keep() {},
    draw: () => draw(),
  };
  const steps = () => stepsOf(state.answers).filter((step) => !step.review);

  function draw() {
    place.replaceChildren(el("h2", {}, word("desk_new")), el("p", { class: "note" }, word("new_help")),
      el("form", { id: "new", novalidate: true, onsubmit: (event) => { event.preventDefault(); void submit(); } },
        el("p", { class: "summary", role: "alert" }, errors.size ? word("errors_n", errors.size) : ""),
        steps().map((step) => el("section", { class: "reviewed" }, stepNodes(step, form, `new-${step.word}`))),
        el("p", { class: "buttons" }, el("button", { class: "button primary", id: "register" }, word("send")))));
  }

  function drawReceipt(filed) {
    place.replaceChildren(el("h2", {}, word("received")), el("p", {}, word("give_her")), numbers(filed), keeping(filed), buttons(button("another_woman", () => { state = fresh(); draw(); }, { class: "button primary", id: "another-woman" })));
    place.focus();
  }

  function focusFirstError() {
    draw();
    place.querySelector("[aria-invalid]")?.focus();
  }

  async function submit() {
    errors = new Map();
    for (const item of steps().flatMap((step) => fieldsOf(step, { members: state.members, call }))) {
      const wrong = fault(item, state.answers[item.pointer]);
      if (wrong) errors.set(item.pointer, word(wrong));
    }
    if (errors.size) { focusFirstError(); return; }
    try {
      drawReceipt(await send("/applications", { key: state.key, body: makeBody(state.answers, { call: call.id, consents: call.consents, members: state.members, language }), headers: bearer() }));
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.errors.length) { fail(problem); return; }
      state.key = newKey();
      errors = new Map(problem.errors.map(({ pointer, message }) => [fieldPointer(pointer, call), message]));
      focusFirstError();
    }
  }

  draw();
}
