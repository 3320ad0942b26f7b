// Lists of files: all of one's territory, one's own, those nearly due, possible doubles. One list, four questions.
import { day, el, number, placeName, stateName, word } from "../page.js";
import { get, list } from "../api.js";
import { button, buttons, select, stateChip, table } from "../ui.js";
import { bearer } from "./session.js";

const STATES = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "INELIGIBLE", "REJECTED", "APPROVED", "FUNDED", "FOLLOW_UP", "CLOSED", "MERGED", "WITHDRAWN", "EXPIRED", "DRAFT"];
const QUESTIONS = { list: {}, mine: { created_by: "me" }, due: { sort: "due" }, doubles: { state: "DUPLICATE_REVIEW" } };
const SOON_DAYS = 10;

const asked = { state: "", province: "", kind: "", q: "" }; // stays while the page is open, so that coming back finds the same list

function left(row) {
  if (row.paused) return word("paused");
  if (row.days_left == null) return "—";
  return el("span", { class: row.days_left < 0 ? "late" : row.days_left <= SOON_DAYS ? "soon" : null }, row.days_left < 0 ? word("late_n", -row.days_left) : number(row.days_left));
}

const COLUMNS = [
  [() => word("receipt"), (row) => el("a", { href: `#/file/${row.id}`, dir: "ltr" }, row.receipt_number)],
  [() => word("state"), (row) => stateChip(row.state)],
  [() => word("province"), (row) => (row.province ? placeName(row.province) : "—")],
  [() => word("stream"), (row) => word(`stream_${row.kind}`)],
  [() => word("submitted_on"), (row) => (row.submitted_at ? day(row.submitted_at) : "—")],
  [() => word("left"), left],
];

function filters(fixed, provinces, go) {
  const pick = (name, key, options) => el("div", { class: "field" }, el("label", { for: `ask-${name}` }, word(key)), select(options, asked[name], { id: `ask-${name}`, onchange: (event) => { asked[name] = event.target.value; } }));
  return el("form", { class: "filters", id: "filters", onsubmit: (event) => { event.preventDefault(); go(); } },
    el("div", { class: "field" }, el("label", { for: "ask-q" }, word("receipt")), el("input", { id: "ask-q", dir: "ltr", value: asked.q, autocomplete: "off", autocapitalize: "characters", oninput: (event) => { asked.q = event.target.value.trim(); } })),
    fixed.state ? null : pick("state", "state", STATES.map((state) => [state, stateName(state)])),
    pick("province", "province", provinces.map((code) => [code, placeName(code)])),
    pick("kind", "stream", [["person", word("stream_person")], ["cooperative", word("stream_cooperative")]]),
    el("button", { class: "button primary", id: "search" }, word("search")));
}

export async function show(place, { name, fail }) {
  const fixed = QUESTIONS[name];
  const { items: calls } = await get("/calls");
  const provinces = [...new Set(calls.flatMap(({ quotas }) => quotas.map(({ province }) => province)))];
  const box = el("div", { id: "rows", "aria-live": "polite" });
  const before = [];

  async function load(path) {
    try {
      const { items, next } = await list(path, bearer());
      const back = before.at(-1);
      box.replaceChildren(items.length ? table(word(`desk_${name}`), COLUMNS.map(([heading, cell]) => [heading(), cell]), items) : el("p", { class: "note" }, word("none")),
        buttons(back ? button("previous_page", () => { before.pop(); void load(back); }, { id: "previous-page" }) : null, next ? button("next_page", () => { before.push(path); void load(next); }, { id: "next-page" }) : null));
    } catch (problem) {
      fail(problem);
    }
  }

  function go() {
    before.length = 0;
    const question = Object.entries({ ...asked, ...fixed }).filter(([, value]) => value);
    return load(`/applications?${new URLSearchParams(question)}`);
  }

  place.replaceChildren(el("h2", {}, word(`desk_${name}`)), filters(fixed, provinces, go), box);
  await go();
}
