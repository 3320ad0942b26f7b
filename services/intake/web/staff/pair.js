// Two files side by side: what the search found in common, what each woman filled in, and the reviewer's word on it: the same, not the same, or taken back.
import { day, el, has, moment, number, placeName, word } from "../page.js";
import { get, Problem } from "../api.js";
import { ask, button, buttons, stateChip, toast } from "../ui.js";
import { dateText } from "../fields.js";
import { foldDigits } from "../form.js";
import { bearer, change } from "./session.js";

const PART_MOST = { number: 60, birth: 24, name: 42, phone: 14, commune: 5 }; // the most that a sign is worth (intake's likeness.c)
const ltr = (text) => text && el("bdi", { dir: "ltr" }, foldDigits(text));

// What stands side by side: the row's name, the value of a side, and how it is shown. First what says where a file is, then what is compared.
const FILE_ROWS = [
  ["state", (side) => side.state, (state) => stateChip(state)],
  ["call", (side) => side.call, ltr],
  ["stream", (side) => side.kind, (kind) => word(`stream_${kind}`)],
  ["submitted_on", (side) => side.submitted_at, moment],
];
const ROWS = [
  ["name_ar", (side) => side.applicant?.name?.ar, (name) => el("bdi", { lang: "ar" }, name)],
  ["name_latin", (side) => side.applicant?.name?.latin, ltr],
  ["cnie", (side) => side.applicant?.identity?.number, ltr],
  ["birth_date", (side) => side.applicant?.birth_date, (date) => date && el("bdi", {}, dateText(date))],
  ["phone", (side) => side.applicant?.phone, ltr],
  ["province", (side) => side.province, placeName],
  ["commune", (side) => side.applicant?.address?.commune, (text) => el("bdi", {}, text)],
  ["project_title", (side) => side.project?.title, (text) => el("bdi", {}, text)],
  ["sector", (side) => side.project?.sector, (code) => (has(`sector_${code}`) ? word(`sector_${code}`) : code)],
  ["coop_name_latin", (side) => side.cooperative?.name?.latin ?? side.cooperative?.name?.ar, (text) => el("bdi", {}, text)],
  ["ice", (side) => side.cooperative?.ice, ltr],
];

const plain = (value) => String(value ?? "").replace(/[\s.-]/g, "").toUpperCase();

function rowNode([key, value, shown], sides, compared) {
  const values = sides.map(value);
  if (values.every((each) => each == null || each === "")) return null;
  const equal = plain(values[0]) === plain(values[1]);
  return el("tr", { class: compared && equal ? "equal" : null }, el("th", { scope: "row" }, word(key)),
    values.map((each, which) => el("td", { "data-heading": sides[which].receipt_number }, each == null || each === "" ? "—" : shown(each))),
    compared ? el("td", { class: "sign", "data-heading": word("compared") }, word(equal ? "agrees" : "differs")) : el("td", {}));
}

const sidesTable = (sides) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": word("side_by_side") }, el("table", { class: "compare" }, el("caption", {}, word("side_by_side")),
  el("thead", {}, el("tr", {}, el("td", {}), sides.map((side) => el("th", { scope: "col" }, el("a", { href: `#/file/${side.id}`, dir: "ltr" }, side.receipt_number))), el("th", { scope: "col" }, word("compared")))),
  el("tbody", {}, FILE_ROWS.map((row) => rowNode(row, sides, false)), ROWS.map((row) => rowNode(row, sides, true)))));

// The score and what it is made of: a bar to each sign, in words for who can't see it.
function foundNode(found) {
  const parts = Object.entries(found.parts).filter(([, points]) => points !== 0);
  return el("section", { class: "found" }, el("h3", {}, `${word(`about_${found.about}`)} · ${word(`level_${found.level}`)} · `, el("b", { class: "score" }, word("points_of", number(found.score)))),
    el("table", { class: "bars parts" }, el("caption", {}, word("likeness")), el("tbody", {}, parts.map(([part, points]) => {
      const bar = el("span", { class: "bar" });
      bar.style.setProperty("--share", Math.max(0, points) / (PART_MOST[part] ?? 100));
      return el("tr", {}, el("th", { scope: "row" }, word(`sign_${part}`)), el("td", { class: "bar-cell", "aria-hidden": "true" }, bar), el("td", { class: "value" }, el("bdi", { dir: "ltr" }, points > 0 ? `+${points}` : `−${-points}`)));
    }))));
}

// The file that the word is about: the one that waits, otherwise the younger one.
function subjectOf(sides) {
  const waiting = sides.find(({ state }) => ["DUPLICATE_REVIEW", "MERGED"].includes(state));
  return waiting ?? [...sides].sort((a, b) => String(a.submitted_at).localeCompare(String(b.submitted_at))).at(-1);
}

// About one project of two files a word is kept, and no file moves.
function actionsOf(sides, found) {
  const subject = subjectOf(sides), other = sides.find(({ id }) => id !== subject.id);
  const project = !found.some(({ about }) => about === "woman");
  const say = (same) => ({ path: "review", body: { same, other: other.id, ...(project ? { about: "project" } : {}) } });
  if (subject.state === "MERGED") return [{ key: "undo_merge", sure: "undo_merge_sure", subject, path: "review/undo", primary: true }];
  const merges = !project && ["DUPLICATE_REVIEW", "SUBMITTED"].includes(subject.state);
  return [{ key: "same", sure: merges ? "same_sure" : "same_noted", subject, ...say(true) }, { key: "not_same", sure: "not_same_pair", subject, ...say(false), primary: true }];
}

export async function show(box, { parameters, fail }) {
  const [one, other] = parameters.map(encodeURIComponent);
  const { found, sides } = await get(`/applications/${one}/duplicates/${other}`, bearer());
  const judged = found.find(({ same }) => same !== null);

  const run = ({ key, sure, subject, path, body }) => async () => {
    if (!await ask(word(sure, subject.receipt_number), key)) return;
    try {
      await change(subject, path, body);
      toast(word("done"));
    } catch (problem) {
      if (!(problem instanceof Problem) || ![409, 412].includes(problem.status)) { fail(problem); return; }
      toast(word("not_now"), "warn");
    }
    await show(box, { parameters, fail });
    box.focus();
  };

  box.replaceChildren(...[el("p", {}, el("a", { href: "#/doubles" }, word("back_to_doubles"))), el("h2", {}, word("side_by_side")),
    judged ? el("p", { class: "notice", id: "judged" }, word(judged.same ? "judged_same" : "judged_not_same"), ` · ${day(judged.judged_at)}`) : null,
    sides.some(({ readable }) => !readable) ? el("p", { class: "notice" }, word("one_is_erased")) : null,
    ...found.map(foundNode), sidesTable(sides),
    buttons(actionsOf(sides, found).map((action) => button(action.key, run(action), { id: action.key, class: `button ${action.primary ? "primary" : ""}` })))].filter(Boolean));
}
