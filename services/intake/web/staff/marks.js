// What is noted on a file beside its state: a legal hold with its reason, and what somebody found in a public register.
import { day, el, learn, word } from "../page.js";
import { ask, field, select, table } from "../ui.js";
import { change } from "./session.js";
import { WORDS } from "./words-file.js";

learn(WORDS);

const REASON_MAX = 300;
const REGISTERS = ["ice", "cooperatives", "auto-entrepreneurs"];
const FINDINGS = { FOUND: "fine", NOT_FOUND: "late", DIFFERS: "late" }; // and how each is shown
const OF_KIND = { person: "auto-entrepreneurs", cooperative: "cooperatives" }; // which one is looked at first

const choices = (codes, prefix) => codes.map((code) => [code, word(`${prefix}_${code}`)]);
const sentences = () => el("textarea", { rows: 3, maxlength: REASON_MAX });

// A reason has to be given; no name belongs in it, for it outlives her file.
async function askReason(question, yes, what) {
  const reason = sentences();
  const fields = [el("p", {}, word(what)), field({ id: "mark-reason", label: word("mark_reason"), help: word("help_mark_reason"), control: reason })];
  return await ask(word(question), yes, fields, { ready: () => reason.value.trim() }) ? reason.value.trim() : null;
}

export async function hold(file) {
  const reason = await askReason("hold_title", "hold", "hold_what");
  return reason && change(file, "hold", { reason });
}

export async function releaseHold(file) {
  const reason = await askReason("release_title", "release_hold", "release_what");
  return reason && change(file, "hold/release", { reason });
}

export async function checkRegister(file) {
  const register = select(choices(REGISTERS, "register"), OF_KIND[file.kind], {}, null), result = select(choices(Object.keys(FINDINGS), "finding"), "", {}), note = sentences();
  const fields = [el("p", { class: "note" }, word("register_help")), field({ id: "check-register", label: word("register_looked"), control: register }), field({ id: "check-result", label: word("register_found"), control: result }),
    field({ id: "check-note", label: word("register_note"), help: word("help_mark_reason"), control: note, optional: true })];
  if (!await ask(word("check_register"), "register_keep", fields, { ready: () => result.value })) return null;
  return change(file, "register-check", { register: register.value, result: result.value, note: note.value.trim() || null });
}

export const holdText = ({ hold: held }) => held && `${day(held.since)} · ${held.reason}`;

export const checksNode = ({ register_checks: checks }) => (checks?.length ? el("section", { id: "checks" }, el("h3", {}, word("register_checks")), table(word("register_checks"), [
  [word("register_looked"), ({ register }) => word(`register_${register}`)],
  [word("register_found"), ({ result }) => el("span", { class: FINDINGS[result] }, word(`finding_${result}`))],
  [word("register_when"), ({ at }) => day(at)],
  [word("register_by"), ({ by }) => el("bdi", { dir: "ltr" }, by)],
], checks)) : null);
