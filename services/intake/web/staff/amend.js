// An application amended by staff, at the woman's wish: the form as it is kept, on one page. Where it was changed meanwhile, what others changed is taken over and what
// is written here stays; both are named before it is sent again.
import { el, learn, word } from "../page.js";
import { get, replacing } from "../api.js";
import { facts, receiptText, refill, toast } from "../ui.js";
import { answerOf, answersOf, ASSISTANCE } from "../form.js";
import { labelOf, valueText } from "../fields.js";
import { mayAmend } from "../life.js";
import { bearer } from "./session.js";
import { WholeForm } from "./whole_form.js";
import { WORDS } from "./words-file.js";

learn(WORDS);

const assistanceOf = (body) => Object.fromEntries(ASSISTANCE.map(({ pointer }) => [pointer, body.assistance?.[pointer.split("/").pop()] ?? undefined]));

// What both have written since `before`: mine stays, theirs comes in.
function merge(before, mine, theirs) {
  const pointers = [...new Set([before, mine, theirs].flatMap(Object.keys))];
  const changed = (answers) => pointers.filter((pointer) => (answers[pointer] ?? "") !== (before[pointer] ?? ""));
  const written = changed(mine);
  return { answers: { ...theirs, ...Object.fromEntries(written.map((pointer) => [pointer, mine[pointer]])) }, others: changed(theirs), both: changed(theirs).filter((pointer) => written.includes(pointer)) };
}

export async function show(place, { parameters: [id], role, fail }) {
  const path = `/applications/${encodeURIComponent(id)}`;
  const put = replacing(path, bearer);
  const leave = () => { if (place.isConnected) location.hash = `#/file/${id}`; };
  let file = null, kept = null, meanwhile = null;

  async function read() {
    file = await get(path, bearer());
    const [body, call] = await Promise.all([get(`${path}/form`, bearer()), get(`/calls/${encodeURIComponent(file.call)}`)]);
    const { answers, members } = answersOf(body, call);
    kept = { answers: { ...answers, ...assistanceOf(body) }, members };
    return call;
  }

  const call = await read();
  const form = new WholeForm({ place, state: structuredClone(kept), call, assisted: role === "agent", fixedKind: true, draw });

  // Whose word stands is said field by field, with what the others wrote.
  function meanwhileNode() {
    if (!meanwhile) return null;
    const { others, both, answers } = meanwhile;
    const rows = form.items.filter(({ pointer }) => others.includes(pointer)).map((item) => [labelOf(item), both.includes(item.pointer)
      ? [el("span", {}, valueText(item, answers[item.pointer], call)), " ", el("span", { class: "note" }, word("yours_stays", ""), valueText(item, answerOf(item, form.state.answers), call))] : valueText(item, answers[item.pointer], call)]);
    return el("div", { class: "notice", id: "meanwhile", tabindex: "-1" }, el("p", {}, word("changed_meanwhile")), rows.length ? facts(rows) : null);
  }

  function draw() {
    refill(place, [el("p", {}, el("a", { href: `#/file/${id}` }, word("back_to_file"))), el("h2", {}, word("amend_title"), " ", receiptText(file.receipt_number)), el("p", { class: "note" }, word("amend_help")),
      form.node("amend", { id: "send-changes", key: "send_changes" }, submit, [meanwhileNode()].filter(Boolean))]);
  }

  async function takeOver() {
    const before = kept;
    await read();
    if (!mayAmend(file)) { toast(word("not_now"), "warn"); leave(); return; }
    const { answers, others, both } = merge(before.answers, form.state.answers, kept.answers);
    const mineOfMembers = form.state.members !== before.members;
    meanwhile = { others, both, answers: kept.answers };
    form.state = { answers, members: mineOfMembers ? form.state.members : kept.members };
    draw();
    place.querySelector("#meanwhile").focus();
  }

  async function submit() {
    try {
      await put(file.version, form.body);
      toast(word("amended_now"));
      leave();
    } catch (problem) {
      if (problem.status === 412) await takeOver().catch(fail);
      else if (problem.status === 409) { toast(word("not_now"), "warn"); leave(); }
      else if (!form.take(problem)) fail(problem);
    }
  }

  draw();
  return draw;
}
