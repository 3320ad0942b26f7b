// Lists of files: all of one's territory, one's own, those nearly due. One list, three questions; and how any list of the desk is paged.
import { byId, counted, day, el, number, placeName, quotaName, said, stateName, word } from "../page.js";
import { Problem, get, list } from "../api.js";
import { button, buttons, field, refill, select, stateChip, table } from "../ui.js";
import { bearer } from "./session.js";

const STATES = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "INELIGIBLE", "REJECTED", "APPROVED", "FUNDED", "FOLLOW_UP", "CLOSED", "MERGED", "WITHDRAWN", "EXPIRED", "DRAFT"];
const QUESTIONS = { list: {}, mine: { created_by: "me" }, due: { sort: "due" } };
const SOON_DAYS = 10;
const WIDE = "(min-width: 40rem)"; // on a phone the filters wait behind their summary

const asked = { state: "", call: "", province: "", kind: "", confirmation: "", q: "" }; // stays while the page is open, so that coming back finds the same list

let refused = ""; // a receipt that the service could not read stays where it was typed, and goes to no other list

function left(row) {
  if (row.paused) return word("paused");
  if (row.days_left == null) return "—";
  return el("span", { class: row.days_left < 0 ? "late" : row.days_left <= SOON_DAYS ? "soon" : null }, row.days_left < 0 ? counted("late_n", -row.days_left) : number(row.days_left));
}

const stateOf = (row) => el("span", { class: "two" }, stateChip(row.state), row.confirmation_needed && row.submitted_at ? el("span", { class: "state unconfirmed" }, word("not_confirmed")) : null);

const COLUMNS = [
  [() => word("receipt"), (row) => el("a", { href: `#/file/${row.id}`, dir: "ltr" }, row.receipt_number)],
  [() => word("state"), stateOf],
  [() => word("province"), (row, places) => (row.province ? places.get(row.province) ?? placeName(row.province) : "—")],
  [() => word("stream"), (row) => word(`stream_${row.kind}`)],
  [() => word("submitted_on"), (row) => (row.submitted_at ? el("time", { datetime: row.submitted_at }, day(row.submitted_at)) : "—")],
  [() => word("left"), left],
];

const placesOf = (calls) => new Map(calls.flatMap(({ quotas }) => quotas.map((quota) => [quota.province, quotaName(quota)])));
export const titlesOf = (calls) => calls.map(({ id, title }) => [id, said(title)]);

// Where a list's rows are; has the focus when the button that asked for others is gone with them.
export const rowsBox = () => el("div", { id: "rows", tabindex: "-1", "aria-live": "polite" });

// Fills `box` page by page; the function that comes back loads a list's first page. draw(items) shows one, `none` is the text of an empty list.
export function pagedList(box, { draw, none, fail }) {
  const before = [];
  let newest = 0;

  async function load(path) {
    const mine = ++newest;
    box.setAttribute("aria-busy", "true");
    try {
      const { items, next } = await list(path, bearer());
      if (mine !== newest) return; // something else has been asked meanwhile
      const back = before.at(-1);
      refill(box, [items.length ? draw(items) : el("p", { class: "note empty" }, word(none)),
        buttons(back ? button("previous_page", () => { before.pop(); return load(back); }, { id: "previous-page" }) : null, next ? button("next_page", () => { before.push(path); return load(next); }, { id: "next-page" }) : null)]);
    } catch (problem) {
      if (mine !== newest) return;
      if (problem instanceof Problem) refill(box, []); // what was asked before is no answer to this
      fail(problem);
    }
    box.removeAttribute("aria-busy");
  }

  return (path) => { before.length = 0; return load(path); };
}

function filters(calls, go) {
  const pick = (name, key, options) => field({ id: `ask-${name}`, label: word(key), control: select(options, asked[name], { onchange: (event) => { asked[name] = event.target.value; } }, "all") });
  const receipt = el("input", { dir: "ltr", value: asked.q, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", oninput: (event) => { asked.q = event.target.value.trim(); } });
  const clear = () => { for (const name of Object.keys(asked)) asked[name] = ""; form.replaceWith(form = filters(calls, go)); byId("clear").focus(); void go(); };
  let form = el("form", { class: "filters", id: "filters", onsubmit: (event) => { event.preventDefault(); void go(); } },
    field({ id: "ask-q", label: word("receipt"), control: receipt }),
    el("details", { class: "more-filters", open: matchMedia(WIDE).matches || Object.entries(asked).some(([name, value]) => name !== "q" && value) }, el("summary", { id: "more-filters" }, word("filters")), el("div", {},
      pick("state", "state", STATES.map((state) => [state, stateName(state)])),
      calls.length > 1 ? pick("call", "call", titlesOf(calls)) : null,
      pick("province", "province", [...placesOf(calls)]),
      pick("kind", "stream", [["person", word("stream_person")], ["cooperative", word("stream_cooperative")]]),
      pick("confirmation", "confirmation", [["waiting", word("not_confirmed")]]))),
    el("p", { class: "filter-buttons" }, el("button", { class: "button primary", id: "search" }, word("search")), button("clear", clear, { id: "clear", class: "button quiet" })));
  return form;
}

export async function show(place, { name, fail }) {
  const { items: calls } = await get("/calls");
  if (asked.q === refused) asked.q = refused = "";
  const box = rowsBox(), places = placesOf(calls);
  const columns = COLUMNS.map(([heading, cell]) => [heading(), (row) => cell(row, places)]);
  const load = pagedList(box, { draw: (items) => table(word(`desk_${name}`), columns, items), none: "none", fail: (problem) => { if (problem.errors?.[0]?.pointer === "/q") refused = asked.q; return fail(problem); } });
  const go = () => { byId("summary").hidden = true; return load(`/applications?${new URLSearchParams(Object.entries({ ...asked, ...QUESTIONS[name] }).filter(([, value]) => value))}`); };
  place.replaceChildren(el("h2", {}, word(`desk_${name}`)), filters(calls, go), box);
  await go();
}
