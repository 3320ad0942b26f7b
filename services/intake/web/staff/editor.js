// The editor of one call: its document as a form, what is wrong with it at each field, and its publication and closing. What there is to fill in is editor_form.js.
// Where somebody else has saved it meanwhile, what they changed is taken over and what is written here stays; both are named before it is saved again.
import { byId, el, learn, number, said, word } from "../page.js";
import { get, Problem, replacing, send } from "../api.js";
import { ask, button, oneAtATime, refill, toast } from "../ui.js";
import { bearer } from "./session.js";
import { draw as drawForm, nameOf, POINTERS, putAt, valueAt } from "./editor_form.js";
import { WORDS } from "./words-calls.js";

learn(WORDS);

const whole = (document) => ({ title: {}, provinces: [], kinds: [], documents: [], consents: [], clock: {}, fields: [], ...structuredClone(document) });

// Without what is left empty: the check says what is missing.
function lean(value) {
  if (Array.isArray(value)) return value.map(lean);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null && each !== "" && each !== undefined).map(([name, each]) => [name, lean(each)]));
}

// What both have written since `before`: mine stays, theirs comes in.
function merge(before, mine, theirs) {
  const text = (document, pointer) => JSON.stringify(lean(valueAt(document, pointer) ?? null));
  const changed = (document) => POINTERS.filter((pointer) => text(document, pointer) !== text(before, pointer));
  const written = changed(mine), others = changed(theirs), document = whole(theirs);
  for (const pointer of written) putAt(document, pointer, valueAt(mine, pointer));
  return { document, written, others, both: others.filter((pointer) => written.includes(pointer)) };
}

export async function show(place, { parameters: [id], role, fail }) {
  const path = `/calls/${encodeURIComponent(id)}`;
  const mayWrite = role === "admin";
  const put = replacing(`${path}/draft`, bearer, (read) => read.document);
  let draft = null, document = null, problems = [], dirty = false, meanwhile = null;

  // What is written while the answer is on its way stays.
  function take(read) {
    draft = read;
    problems = read.problems;
    if (!dirty) document = whole(read.document);
  }

  function goTo(pointer) {
    const parts = pointer.split("/");
    while (parts.length > 1) {
      const found = place.querySelector(`[name="${parts.join("/")}"], [data-pointer="${parts.join("/")}"]`);
      if (found) { found.closest("details")?.setAttribute("open", ""); found.focus(); return; }
      parts.pop();
    }
  }

  function problemNode({ pointer, message }) {
    const name = nameOf(pointer, document);
    return el("li", {}, name ? [el("button", { type: "button", class: "link", "data-at": pointer, onclick: () => goTo(pointer) }, name), " — "] : null, message);
  }

  const problemsNode = () => el("div", { class: "summary", id: "problems", tabindex: "-1" }, problems.length
    ? [el("p", {}, word("call_problems", problems.length)), el("ul", {}, problems.map(problemNode))]
    : el("p", { class: "fine" }, word("call_fine")));

  const meanwhileNode = () => meanwhile && el("div", { class: "notice", id: "meanwhile", tabindex: "-1" }, el("p", {}, word("draft_changed")),
    meanwhile.others.length ? el("ul", {}, meanwhile.others.map((pointer) => el("li", {}, nameOf(pointer, document), meanwhile.both.includes(pointer) ? ` ${word("mine_stays")}` : ""))) : null);

  function drawAll(focus) {
    const open = draft.state === "OPEN";
    const heading = said(document.title) || document.id;
    refill(place, [el("p", {}, el("a", { href: "#/calls" }, word("back_to_calls"))), el("h2", {}, heading),
      el("p", { class: "note" }, el("span", { class: `state call-${draft.state}`, id: "call-state", tabindex: "-1", "data-state": draft.state }, word(`call_${draft.state}`)), " ", draft.published_version ? word("call_version", number(draft.published_version)) : word("not_published")),
      meanwhileNode(), problemsNode(),
      el("form", { id: "call-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); void save(); } }, drawForm(document, { problems, mayWrite, changed: () => { dirty = true; }, again: drawAll }),
        mayWrite ? el("div", { class: "buttons sticky" }, el("button", { class: "button primary", id: "save-call" }, word("save_draft")), button("publish", publish, { id: "publish" }), open ? button("close_call", close, { id: "close-call", class: "button danger" }) : null) : null)]);
    if (focus) byId(focus)?.focus();
  }

  const save = oneAtATime(async () => {
    dirty = false;
    try {
      take(await put(draft.version, lean(document)));
      meanwhile = null;
      toast(word(problems.length ? "saved_with_problems" : "saved_fine"));
      drawAll(dirty ? null : problems.length ? "problems" : "publish");
      return true;
    } catch (problem) {
      dirty = true;
      refused(problem);
      return false;
    }
  });

  async function takeOver() {
    const theirs = await get(`${path}/draft`, bearer());
    meanwhile = merge(whole(draft.document), document, whole(theirs.document));
    ({ document } = meanwhile);
    dirty = meanwhile.written.length > 0;
    take(theirs);
    drawAll("meanwhile");
  }

  // What could not even be read names its field as well; what was written meanwhile by somebody else is fetched.
  function refused(problem) {
    if (problem instanceof Problem && problem.errors.length) {
      problems = problem.errors;
      drawAll("problems");
    } else if (problem instanceof Problem && problem.status === 412) {
      void takeOver().catch(fail);
    } else fail(problem);
  }

  async function change(what, told) {
    try {
      take(await send(`${path}/${what}`, { version: draft.version, headers: bearer() }));
      toast(word(told));
      drawAll("call-state");
    } catch (problem) {
      refused(problem);
    }
  }

  async function publish() {
    if (dirty && (!await save() || dirty)) return;
    if (problems.length) { byId("problems").focus(); return; }
    if (await ask(word("publish_sure"), "publish", [el("p", {}, word("publish_what"))])) await change("publication", "published");
  }

  async function close() {
    if (await ask(word("close_call_sure"), "close_call", [el("p", {}, word("close_call_what"))])) await change("closing", "call_closed");
  }

  take(await get(`${path}/draft`, bearer()));
  drawAll();
  return () => drawAll();
}
