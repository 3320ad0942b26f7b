// One file as staff see it: where it is, what she has filled in, her documents, possible doubles, and what this role may do with it.
import { counted, day, el, moment, quotaName, said, word } from "../page.js";
import { get, list, Problem } from "../api.js";
import { ask, button, buttons, facts, field, receiptText, refill, stateChip, timeline, toast } from "../ui.js";
import { mayAmend, WITHDRAWABLE } from "../life.js";
import { itemsOf, nameOf } from "../asked.js";
import { MembersBox } from "../members.js";
import { answersOf, ASSISTANCE } from "../form.js";
import { reviewNode, valueText } from "../fields.js";
import { DocumentBox } from "../documents.js";
import { savePdf } from "../receipt.js";
import { askComplement } from "./complement.js";
import { followUpText, FUNDING_ACTIONS, fundingText } from "./funding.js";
import { checkRegister, checksNode, hold, holdText, releaseHold } from "./marks.js";
import { pairTable } from "./pairs.js";
import { bearer, change } from "./session.js";

const ENTERS = ["agent", "admin"];
const READS_FORM = ["agent", "reviewer", "admin"];
const READS_DOCUMENTS = ["agent", "reviewer", "committee", "admin"];
const JUDGES = ["reviewer", "admin"];
const READS_MEMBERS = READS_DOCUMENTS;
const PAPER_MAX = 120;

// The button's text, when it is there, for whom, and what it does to the file.
const ACTIONS = [
  { key: "confirm_paper", there: (file) => file.submitted_at && file.confirmation?.needed, roles: ENTERS, act: confirmByPaper, primary: true },
  { key: "not_same", there: (file) => file.state === "DUPLICATE_REVIEW", roles: JUDGES, act: (file) => review(file, false), primary: true },
  { key: "same", there: (file) => file.state === "DUPLICATE_REVIEW", roles: JUDGES, act: (file) => review(file, true) },
  { key: "undo_merge", there: (file) => file.state === "MERGED", roles: JUDGES, act: undoMerge },
  { key: "ask_complement", there: (file) => ["SUBMITTED", "SCREENING", "ELIGIBLE"].includes(file.state) && !file.complement, roles: ["agent", "reviewer", "committee", "admin"], act: askComplement },
  { key: "amend_for_her", there: mayAmend, roles: ENTERS, act: (file) => { location.hash = `#/amend/${file.id}`; } },
  ...FUNDING_ACTIONS,
  { key: "check_register", there: (file) => file.submitted_at, roles: READS_FORM, act: checkRegister },
  { key: "receipt_pdf", there: (file) => file.submitted_at, roles: ENTERS, act: (file) => savePdf(file, bearer()) },
  { key: "withdraw", there: (file) => WITHDRAWABLE.includes(file.state), roles: ENTERS, act: withdraw, quiet: true },
  { key: "hold", there: (file) => !file.hold, roles: ["admin"], act: hold, quiet: true },
  { key: "release_hold", there: (file) => file.hold, roles: ["admin"], act: releaseHold, quiet: true },
];

async function review(file, same) {
  return await ask(word(same ? "same_sure" : "not_same_sure", file.receipt_number), same ? "same" : "not_same") ? change(file, "review", { same }) : null;
}

async function undoMerge(file) {
  return await ask(word("undo_merge_sure"), "undo_merge") ? change(file, "review/undo") : null;
}

async function withdraw(file) {
  return await ask(word("withdraw_for_her"), "withdraw", [el("p", {}, word("withdraw_what"))]) ? change(file, "withdrawal") : null;
}

async function confirmByPaper(file) {
  const paper = el("input", { maxlength: PAPER_MAX, autocomplete: "off" });
  if (!await ask(word("confirm_paper"), "confirm_paper", [el("p", {}, word("confirm_paper_help")), field({ id: "paper", label: word("paper"), help: word("help_paper"), control: paper })])) return null;
  return change(file, "confirmation", { paper: paper.value.trim() });
}

function actionsNode(file, call, role, again, fail) {
  const there = ACTIONS.filter((each) => each.there(file) && each.roles.includes(role));
  const run = (act) => async () => {
    try {
      if (await act(file, call)) { toast(word("done")); await again(); }
    } catch (problem) {
      if (problem instanceof Problem && [409, 412].includes(problem.status)) { toast(word("not_now")); await again(); } else fail(problem);
    }
  };
  return there.length ? buttons(...there.map(({ key, act, primary, quiet }) => button(key, run(act), { id: key, class: `button ${primary ? "primary" : quiet ? "quiet" : ""}` }))) : null;
}

function formNode(body, call) {
  const { answers, members } = answersOf(body, call);
  const assisted = body.assistance ? facts(ASSISTANCE.map((item) => [word(item.word), valueText(item, body.assistance[item.pointer.split("/").pop()])])) : null;
  return el("section", { id: "her-form" }, el("h3", {}, word("her_form")), assisted ? el("section", { class: "reviewed" }, el("h4", {}, word("assistance")), assisted) : null, reviewNode({ state: { answers, members }, call }, false));
}

const clockNode = ({ clock }) => clock && (clock.paused_since ? word("paused_since", day(clock.paused_since)) : counted(clock.days_left < 0 ? "late_n" : "days_left_n", Math.abs(clock.days_left)));

function confirmationText({ confirmation, submitted_at }) {
  if (!submitted_at || !confirmation) return null;
  if (confirmation.needed) return word("not_confirmed");
  return confirmation.how ? `${word(`confirmed_${confirmation.how}`)} · ${day(confirmation.confirmed_at)}${confirmation.paper ? ` · ${confirmation.paper}` : ""}` : null;
}

// Her form is for some roles only, and gone once she is erased.
const formOf = (file, role) => (READS_FORM.includes(role) ? get(`/applications/${file.id}/form`, bearer()).catch((problem) => { if (problem.status !== 410) throw problem; return null; }) : null);

// The sentence that she reads, and what is asked for by name.
const complementNode = ({ complement, kind }, call) => complement && [said(complement.text), complement.fields.length ? el("span", { class: "note" }, ` (${itemsOf(complement.fields, kind, call).map(nameOf).join(" · ")})`) : null];

async function membersNode(file, role) {
  if (file.kind !== "cooperative" || !READS_MEMBERS.includes(role)) return null;
  const place = el("section", { id: "members", class: "papers" });
  await new MembersBox(place, { file, headers: bearer() }).load();
  return place;
}

async function pairsNode(file, role) {
  if (!JUDGES.includes(role)) return null;
  const { items } = await list(`/duplicates?application=${file.id}&judged=true`, bearer());
  return items.length ? el("section", { id: "pairs" }, el("h3", {}, word("desk_doubles")), pairTable(items)) : null;
}

// Before it is shown: nothing is pushed down. It stays the same one when the file has changed: what is on its way goes on.
async function papersOf(file, call, role, before) {
  if (!READS_DOCUMENTS.includes(role)) return null;
  const box = before ?? new DocumentBox(el("section", { class: "papers", id: "papers" }), { call, hand: ENTERS.includes(role), file, headers: bearer() });
  Object.assign(box, { file, headers: bearer() });
  await box.load();
  return box;
}

export async function show(place, view, box = null) {
  const { parameters: [id], role, fail } = view;
  const file = await get(`/applications/${encodeURIComponent(id)}`, bearer());
  const [call, body, pairs, members] = await Promise.all([get(`/calls/${encodeURIComponent(file.call)}`), formOf(file, role), pairsNode(file, role), membersNode(file, role)]);
  const province = call.quotas.find((each) => each.province === file.province);
  const papers = await papersOf(file, call, role, box);
  const again = () => show(place, view, papers);
  refill(place, [
    el("h2", {}, receiptText(file.receipt_number)), el("p", {}, stateChip(file.state, { class: "big", id: "state" })),
    actionsNode(file, call, role, again, fail),
    facts([[word("call"), said(call.title)], [word("province"), province ? quotaName(province) : file.province], [word("stream"), word(`stream_${file.kind}`)],
      [word("submitted_on"), file.submitted_at ? moment(file.submitted_at) : null], [word("left"), clockNode(file)], [word("confirmation"), confirmationText(file)],
      [word("complement"), complementNode(file, call)], [word("funding"), fundingText(file)], [word("follow_up"), followUpText(file)],
      [word("held_since"), holdText(file)]]),
    file.decision?.reasons?.length ? el("div", {}, el("h3", {}, word("reasons")), el("ul", {}, file.decision.reasons.map((reason) => el("li", {}, said(reason))))) : null,
    checksNode(file), pairs, papers?.place, members, body ? formNode(body, call) : null,
    el("h3", {}, word("history")), timeline(file.history),
  ]);
  return again;
}
