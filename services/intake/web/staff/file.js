// One file as staff see it: where it is, what she has filled in, and what this role may do with it.
import { day, el, moment, number, said, word } from "../page.js";
import { get, newKey, Problem, send } from "../api.js";
import { ask, button, buttons, facts, field, stateChip, timeline, toast } from "../ui.js";
import { answersOf } from "../form.js";
import { reviewNode } from "../fields.js";
import { savePdf } from "../receipt.js";
import { bearer } from "./session.js";

const READS_FORM = ["agent", "reviewer", "admin"];

// The button's text, the states in which it is there, for whom, and what it does to the file.
const ACTIONS = [
  { key: "not_same", states: ["DUPLICATE_REVIEW"], roles: ["reviewer", "admin"], act: (file) => review(file, false), primary: true },
  { key: "same", states: ["DUPLICATE_REVIEW"], roles: ["reviewer", "admin"], act: (file) => review(file, true) },
  { key: "ask_complement", states: ["SUBMITTED", "SCREENING"], roles: ["agent", "reviewer", "committee", "admin"], act: askComplement },
  { key: "receipt_pdf", states: null, roles: ["agent", "admin"], act: (file) => savePdf(file, bearer()) },
];

const change = (file, path, body) => send(`/applications/${file.id}/${path}`, { key: newKey(), version: file.version, body, headers: bearer() });

async function review(file, same) {
  return await ask(word(same ? "same_sure" : "not_same_sure"), same ? "same" : "not_same") ? change(file, "review", { same }) : null;
}

async function askComplement(file) {
  const typed = { ar: el("textarea", { rows: 3, dir: "rtl", lang: "ar", maxlength: 1000 }), fr: el("textarea", { rows: 3, dir: "ltr", lang: "fr", maxlength: 1000 }) };
  const fields = Object.entries(typed).map(([code, control]) => field({ id: `complement-${code}`, label: word(`text_${code}`), help: word("complement_help"), control }));
  if (!await ask(word("ask_complement"), "ask_complement", fields)) return null;
  return change(file, "information-request", { text: { ar: typed.ar.value.trim(), fr: typed.fr.value.trim() } });
}

function actionsNode(file, role, again, fail) {
  const there = ACTIONS.filter(({ states, roles }) => (!states || states.includes(file.state)) && roles.includes(role));
  const run = (act) => async () => {
    try {
      if (await act(file)) { toast(word("done")); await again(); }
    } catch (problem) {
      if (problem instanceof Problem && [409, 412].includes(problem.status)) { toast(word("not_now")); await again(); } else fail(problem);
    }
  };
  return there.length ? buttons(...there.map(({ key, act, primary }) => button(key, run(act), { id: key, class: `button ${primary ? "primary" : ""}` }))) : null;
}

function formNode(body, call) {
  const { answers, members } = answersOf(body);
  return el("section", { id: "her-form" }, el("h3", {}, word("her_form")), reviewNode({ state: { answers, members }, call }, false));
}

const clockNode = ({ clock }) => clock && word(clock.paused_since ? "paused_since" : clock.days_left < 0 ? "late_n" : "days_left_n", clock.paused_since ? day(clock.paused_since) : number(Math.abs(clock.days_left)));

export async function show(place, { parameters: [id], role, fail }) {
  const file = await get(`/applications/${encodeURIComponent(id)}`, bearer());
  const call = await get(`/calls/${encodeURIComponent(file.call)}`);
  const body = READS_FORM.includes(role) ? await get(`/applications/${file.id}/form`, bearer()).catch((problem) => { if (problem.status !== 410) throw problem; return null; }) : null;
  place.replaceChildren(...[
    el("h2", {}, el("bdi", { dir: "ltr" }, file.receipt_number)), el("p", {}, stateChip(file.state, { class: "big", id: "state" })),
    actionsNode(file, role, () => show(place, { parameters: [id], role, fail }), fail),
    facts([[word("call"), said(call.title)], [word("submitted_on"), file.submitted_at ? moment(file.submitted_at) : null], [word("left"), clockNode(file)],
      [word("complement"), file.complement ? said(file.complement.text) : null]]),
    file.decision?.reasons?.length ? el("div", {}, el("h3", {}, word("reasons")), el("ul", {}, file.decision.reasons.map((reason) => el("li", {}, said(reason))))) : null,
    body ? formNode(body, call) : null,
    el("h3", {}, word("history")), timeline(file.history),
  ].filter(Boolean));
}
