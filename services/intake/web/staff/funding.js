// What comes after the committee's yes: the payment, and the accompaniment from its first day to what came of it. Each is a dialog that stays until what is written is taken.
import { day, el, learn, money, word } from "../page.js";
import { newKey, Problem, send } from "../api.js";
import { ask } from "../ui.js";
import { bodyOf, fault } from "../form.js";
import { oneField } from "../fields.js";
import { bearer } from "./session.js";
import { WORDS } from "./words-file.js";

learn(WORDS);

const OUTCOMES = ["ACTIVE", "EMPLOYED", "STOPPED", "NOT_REACHABLE", "OTHER"].map((code) => [code, `outcome_${code}`]);
const date = (pointer, key) => ({ pointer, word: key, required: true, type: "date", check: "date" });

const PAYMENT = [
  { pointer: "/amount_centimes", word: "paid_amount", required: true, type: "number", check: "number", scale: 100 },
  date("/paid_on", "paid_on"),
  { pointer: "/reference", word: "payment_reference", required: true, type: "text", dir: "ltr" },
];
const FOLLOW_UP = [{ pointer: "/by", word: "accompanied_by", required: true, type: "text" }, date("/began_on", "accompanied_since")];
const END = [{ pointer: "/outcome", word: "outcome", required: true, type: "select", options: OUTCOMES }, date("/ended_on", "accompanied_until")];

const faultsOf = (fields, answers) => new Map(fields.map((item) => [item.pointer, fault(item, answers)]).filter(([, key]) => key).map(([pointer, key]) => [pointer, word(key)]));

// `key`: the words' name of what is done. Resolves to the file as it is then; null: somebody thought better of it.
async function askFields(file, key, fields, path) {
  const form = { state: { answers: {} }, errors: new Map(), set(pointer, value) { this.state.answers[pointer] = value; } };
  const { answers } = form.state;
  for (;;) {
    const ofNoField = form.errors.get("");
    const details = [el("p", {}, word(`${key}_what`)), ofNoField && el("p", { class: "error", role: "alert" }, ofNoField), ...fields.map((item) => oneField(item, form))];
    if (!await ask(word(`${key}_title`), key, details.filter(Boolean))) return null;
    form.errors = faultsOf(fields, answers);
    if (form.errors.size) continue;
    try {
      return await send(`/applications/${file.id}/${path}`, { key: newKey(), version: file.version, body: bodyOf(fields, answers), headers: bearer() });
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.errors.length) throw problem;
      form.errors = new Map(problem.errors.map(({ pointer, message }) => [pointer, message]));
    }
  }
}

const FUNDS = ["committee", "admin"];
const ACCOMPANIES = ["agent", "committee", "admin"];

// As file.js has them.
export const FUNDING_ACTIONS = [
  { key: "pay", there: (file) => file.state === "APPROVED", roles: FUNDS, act: (file) => askFields(file, "pay", PAYMENT, "payment"), primary: true },
  { key: "begin_follow_up", there: (file) => file.state === "FUNDED", roles: ACCOMPANIES, act: (file) => askFields(file, "begin_follow_up", FOLLOW_UP, "follow-up"), primary: true },
  { key: "end_follow_up", there: (file) => file.state === "FOLLOW_UP", roles: ACCOMPANIES, act: (file) => askFields(file, "end_follow_up", END, "follow-up/end"), primary: true },
];

export const fundingText = ({ funding }) => funding && [money(funding.amount_centimes), " · ", day(funding.paid_on), " · ", el("bdi", { dir: "ltr" }, funding.reference)];

export function followUpText({ follow_up: followed }) {
  if (!followed) return null;
  const days = followed.ended_on ? word("from_to", day(followed.began_on), day(followed.ended_on)) : word("since_day", day(followed.began_on));
  return [el("bdi", {}, followed.by), ` · ${days}`, followed.outcome ? ` · ${word(`outcome_${followed.outcome}`)}` : ""];
}
