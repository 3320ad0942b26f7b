// What comes after the committee's yes: the payment, and the accompaniment from its first day to what came of it. Each is a dialog that stays until what is written is taken.
import { day, el, learn, money, word } from "../page.js";
import { Problem } from "../api.js";
import { ask } from "../ui.js";
import { bodyOf } from "../form.js";
import { faultsOf, oneField } from "../fields.js";
import { change } from "./session.js";
import { WORDS } from "./words-file.js";

learn(WORDS);

const OUTCOMES = [["ACTIVE", "outcome_ACTIVE"], ["EMPLOYED", "outcome_EMPLOYED"], ["STOPPED", "outcome_STOPPED"], ["NOT_REACHABLE", "outcome_NOT_REACHABLE"], ["OTHER", "outcome_OTHER"]];
const date = (pointer, key) => ({ pointer, word: key, required: true, type: "date", check: "date" });

// The button's text, the question, what it means, what is asked for, and where it goes.
const PAYMENT = { key: "pay", title: "pay_title", what: "pay_what", path: "payment", fields: [
  { pointer: "/amount_centimes", word: "paid_amount", required: true, type: "number", check: "number", scale: 100 },
  date("/paid_on", "paid_on"),
  { pointer: "/reference", word: "payment_reference", required: true, type: "text", dir: "ltr" },
] };
const BEGIN = { key: "begin_follow_up", title: "begin_follow_up_title", what: "begin_follow_up_what", path: "follow-up", fields: [
  { pointer: "/by", word: "accompanied_by", required: true, type: "text" },
  date("/began_on", "accompanied_since"),
] };
const END = { key: "end_follow_up", title: "end_follow_up_title", what: "end_follow_up_what", path: "follow-up/end", fields: [
  { pointer: "/outcome", word: "outcome", required: true, type: "select", options: OUTCOMES },
  date("/ended_on", "accompanied_until"),
] };

// Resolves to the file as it is then; null: somebody thought better of it.
const asks = ({ key, title, what, path, fields }) => async (file) => {
  const form = { state: { answers: {} }, errors: new Map(), set(pointer, value) { this.state.answers[pointer] = value; } };
  const { answers } = form.state;
  for (;;) {
    const ofNoField = form.errors.get("");
    const details = [el("p", {}, word(what)), ofNoField && el("p", { class: "error", role: "alert" }, ofNoField), ...fields.map((item) => oneField(item, form))];
    if (!await ask(word(title), key, details.filter(Boolean))) return null;
    form.errors = faultsOf(fields, answers);
    if (form.errors.size) continue;
    try {
      return await change(file, path, bodyOf(fields, answers));
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.errors.length) throw problem;
      form.errors = new Map(problem.errors.map(({ pointer, message }) => [pointer, message]));
    }
  }
};

const FUNDS = ["committee", "admin"];
const ACCOMPANIES = ["agent", "committee", "admin"];

// As file.js has them.
export const FUNDING_ACTIONS = [
  { key: PAYMENT.key, there: (file) => file.state === "APPROVED", roles: FUNDS, act: asks(PAYMENT), primary: true },
  { key: BEGIN.key, there: (file) => file.state === "FUNDED", roles: ACCOMPANIES, act: asks(BEGIN), primary: true },
  { key: END.key, there: (file) => file.state === "FOLLOW_UP", roles: ACCOMPANIES, act: asks(END), primary: true },
];

export const fundingText = ({ funding }) => funding && [money(funding.amount_centimes), " · ", day(funding.paid_on), " · ", el("bdi", { dir: "ltr" }, funding.reference)];

export function followUpText({ follow_up: followed }) {
  if (!followed) return null;
  const days = followed.ended_on ? word("from_to", day(followed.began_on), day(followed.ended_on)) : word("since_day", day(followed.began_on));
  return [el("bdi", {}, followed.by), ` · ${days}`, followed.outcome ? ` · ${word(`outcome_${followed.outcome}`)}` : ""];
}
