// What is kept for how long, and why. An administrator of the whole programme changes a length, sees what a run would destroy, and runs it; an auditor reads.
import { counted, el, learn, number, said, stateName, word } from "../page.js";
import { get, send } from "../api.js";
import { ask, button, buttons, facts, field, refill, select, toast } from "../ui.js";
import { titlesOf } from "./list.js";
import { bearer, session } from "./session.js";
import { WORDS } from "./words-retention.js";

learn(WORDS);

const RUN = ["erase", "remove"]; // the others go by themselves, or stay
const DAYS_MAX = 36500, REASON_MAX = 300;
const FIGURES = ["due", "destroyed", "held", "failed"];

const chosen = { call: "" }; // stays while the page is open
const nameOf = (item) => word(`class_${item.class}`);
const asDays = (text) => text.trim().replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660);

// A run to its end, a chunk a request; tell(figures) after each. All of it is of one call: the one that was chosen when it began, whatever is looked at meanwhile.
async function runAll(item, call, dry_run, tell) {
  const sum = Object.fromEntries(FIGURES.map((name) => [name, 0]));
  let after = null;
  do {
    const part = await send(`/retention/${item.class}/run`, { body: { dry_run, call, after }, headers: bearer() });
    for (const name of FIGURES) sum[name] += part[name];
    after = part.after;
    tell(sum);
  } while (after);
  return sum;
}

export async function show(place, { role, fail }) {
  const mayAct = role === "admin" && !session().territories.length;
  const [read, { items: calls }] = await Promise.all([get("/retention", bearer()), get("/calls")]);
  let { items } = read;

  const chosenCall = () => chosen.call || null;
  // Under the call that is chosen, where there is still somebody to read it.
  const tell = (item, text, call = chosenCall()) => {
    const told = place.querySelector(`#told-${item.class}`);
    if (told && call === chosenCall()) told.textContent = text;
  };
  const dueText = ({ due, held }) => word("retention_due", number(due), number(held));
  const doneText = ({ destroyed, held, failed }) => word("retention_done", number(destroyed), number(held), number(failed));
  const guarded = (act) => () => act().catch(fail);

  async function count(item, call = chosenCall()) {
    tell(item, word("loading"));
    const sum = await runAll(item, call, true, () => {});
    if (call !== chosenCall()) return null; // another call is looked at by now
    tell(item, dueText(sum));
    return sum;
  }

  async function run(item) {
    const call = chosenCall();
    const sum = await count(item, call);
    if (!sum) return;
    if (!sum.due) { toast(word("retention_nothing")); return; }
    const understood = el("input", { type: "checkbox" });
    const details = [el("p", {}, dueText(sum)), el("p", {}, word("retention_what")), field({ id: "retention-understood", label: word("retention_understood"), control: understood })];
    if (!await ask(word("retention_sure", nameOf(item)), "retention_run", details, { class: "warning", ready: () => understood.checked })) return;
    await runAll(item, call, false, (sofar) => tell(item, doneText(sofar), call));
    toast(word("done"));
  }

  async function changeLength(item) {
    const days = el("input", { inputmode: "numeric", dir: "ltr", autocomplete: "off", value: item.days }), reason = el("textarea", { rows: 3, maxlength: REASON_MAX });
    const valid = () => /^\d{1,5}$/.test(asDays(days.value)) && Number(asDays(days.value)) <= DAYS_MAX && reason.value.trim();
    const fields = [field({ id: "length-days", label: word("retention_days"), help: word("help_retention_days"), control: days }), field({ id: "length-reason", label: word("mark_reason"), help: word("help_retention_reason"), control: reason })];
    if (!await ask(word("retention_length_of", nameOf(item)), "retention_length", fields, { ready: valid })) return;
    ({ items } = await send(`/retention/${item.class}/length`, { body: { days: Number(asDays(days.value)), reason: reason.value.trim() }, headers: bearer() }));
    toast(word("done"));
    draw();
  }

  const lengthOf = ({ days, since }) => (days == null ? word("retention_for_good") : counted("retention_days_after", days, word(`since_${since}`)));

  const classNode = (item) => el("section", { class: "reviewed", id: `class-${item.class}`, "data-days": item.days ?? "" }, el("h3", {}, nameOf(item)), el("p", { class: "note" }, said(item.reason)),
    facts([[word("retention_kept"), lengthOf(item)], [word("retention_then"), word(`how_${item.how}`)], [word("state"), item.states.map(stateName).join(" · ")]]),
    mayAct && RUN.includes(item.how) ? buttons(button("retention_count", guarded(() => count(item)), { id: `count-${item.class}` }), button("retention_length", guarded(() => changeLength(item)), { id: `length-${item.class}` }),
      button("retention_run", guarded(() => run(item)), { id: `run-${item.class}`, class: "button danger" })) : null,
    el("p", { id: `told-${item.class}`, role: "status", class: "told" }));

  function callNode() {
    if (!mayAct || !calls.length) return null;
    return field({ id: "retention-call", label: word("call"), help: word("help_retention_call"), control: select(titlesOf(calls), chosen.call, { onchange: (event) => { chosen.call = event.target.value; draw(); } }, "all") });
  }

  function draw() {
    refill(place, [el("h2", {}, word("desk_retention")), el("p", { class: "note" }, word("retention_help")), callNode(), ...items.map(classNode)]);
  }

  draw();
}
