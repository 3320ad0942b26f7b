// A woman is registered by an agent: the whole form on one page, in her presence; receipt and code are for her.
import { el, said, word } from "../page.js";
import { get, newKey, passing, send } from "../api.js";
import { button, buttons, field, refill, select, toast } from "../ui.js";
import { keeping, numbers } from "../receipt.js";
import { bearer } from "./session.js";
import { WholeForm } from "./whole_form.js";

// Where an agent sits stays as it is from one woman to the next.
// `unsure`: what was sent and is not answered; `filed`: what came of it, which stays until the next woman: her code is told only once.
const fresh = (before) => ({ unsure: null, filed: null, members: 0, call: before?.call ?? null, answers: { "/kind": "person", "/assistance/channel": before?.answers["/assistance/channel"] ?? "office", "/assistance/place": before?.answers["/assistance/place"] } });

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
    if (state.filed) { drawReceipt(state.filed); return; }
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
    place.replaceChildren(el("h2", {}, word("registered")), el("p", {}, word("give_her")), form.assisted && !signed ? el("p", { class: "notice" }, word("she_confirms")) : "",
      filed.later ? el("p", { class: "notice", id: "written-since" }, word("written_since")) : "", numbers(filed), keeping(filed),
      buttons(button("another_woman", another, { class: "button primary", id: "another-woman" }), el("a", { class: "button", href: `#/file/${filed.id}`, id: "open-file" }, word("open_file"))));
    place.focus();
  }

  // A sending without an answer goes once more as it was: what was written since is told to be missing, and can be amended.
  async function submit() {
    const mine = state;
    mine.unsure ??= { key: newKey(), body: form.body };
    try {
      const later = JSON.stringify(form.body) !== JSON.stringify(mine.unsure.body);
      mine.filed = { ...await send("/applications", { ...mine.unsure, headers: bearer() }), later };
    } catch (problem) {
      if (!passing(problem)) mine.unsure = null;
      if (!form.take(problem)) fail(problem);
      return;
    }
    if (!place.isConnected) toast(`${word("registered")} · ${mine.filed.receipt_number}`);
    draw();
  }

  draw();
  return draw;
}
