// A woman is registered by an agent: the whole form on one page, in her presence; receipt and code are for her.
import { el, said, word } from "../page.js";
import { get, newKey, send } from "../api.js";
import { button, buttons, field, refill, select } from "../ui.js";
import { keeping, numbers } from "../receipt.js";
import { bearer } from "./session.js";
import { WholeForm } from "./whole_form.js";

// Where an agent sits stays as it is from one woman to the next.
const fresh = (before) => ({ key: newKey(), members: 0, call: before?.call ?? null, answers: { "/kind": "person", "/assistance/channel": before?.answers["/assistance/channel"] ?? "office", "/assistance/place": before?.answers["/assistance/place"] } });

let state = fresh(); // stays when another view is looked at meanwhile

export async function show(place, { role, fail }) {
  const calls = (await get("/calls")).items.filter((each) => each.state === "OPEN");
  if (!calls.length) { place.replaceChildren(el("p", { class: "notice" }, word("no_call"))); return; }

  const callOf = (id) => calls.find((each) => each.id === id) ?? calls[0];
  const form = new WholeForm({ place, state, call: callOf(state.call), assisted: role === "agent", draw }); // how she was helped: the service takes that from agents alone

  function callNode() {
    if (calls.length < 2) return null;
    const pick = (event) => { state.call = event.target.value; form.call = callOf(state.call); draw(); };
    return field({ id: "new-call", label: word("call"), control: select(calls.map(({ id, title }) => [id, said(title)]), form.call.id, { onchange: pick }, null) });
  }

  function draw() {
    refill(place, [el("h2", {}, word("desk_new")), el("p", { class: "note" }, word("new_help")), form.node("new", { id: "register", key: "send" }, submit, [callNode()].filter(Boolean))]);
  }

  function another() {
    state = form.state = fresh(state);
    form.errors.clear();
    draw();
    place.focus();
  }

  function drawReceipt(filed) {
    const signed = Boolean(state.answers["/assistance/paper"]);
    place.replaceChildren(el("h2", {}, word("registered")), el("p", {}, word("give_her")), form.assisted && !signed ? el("p", { class: "notice" }, word("she_confirms")) : "", numbers(filed), keeping(filed),
      buttons(button("another_woman", another, { class: "button primary", id: "another-woman" }), el("a", { class: "button", href: `#/file/${filed.id}`, id: "open-file" }, word("open_file"))));
    place.focus();
  }

  async function submit() {
    try {
      drawReceipt(await send("/applications", { key: state.key, body: form.body, headers: bearer() }));
    } catch (problem) {
      if (form.take(problem)) state.key = newKey();
      else fail(problem);
    }
  }

  draw();
}
