// Possible doubles: the queue of pairs that the search has found, those that were judged as well when asked.
import { el, number, placeName, shortDay, word } from "../page.js";
import { get } from "../api.js";
import { button, field, receiptText, select, stateChip, table } from "../ui.js";
import { pagedList, rowsBox, titlesOf } from "./list.js";

const asked = { call: "", judged: "", limit: 25 }; // two files a row: a page of fifty is heavier than a first view may be

const levelChip = ({ level, score }) => el("span", { class: `level ${level}` }, word(`level_${level}`), " ", el("b", {}, number(score)));
const verdict = ({ same }) => word(same === null ? "not_judged" : same ? "judged_same" : "judged_not_same");

// Both files of each pair; the link leads to the comparison.
export const pairTable = (items) => table(word("desk_doubles"), [
  [word("pair"), ({ application, other }) => el("a", { href: `#/pair/${application.id}/${other.id}`, class: "pair-link" }, receiptText(application.receipt_number), " · ", receiptText(other.receipt_number))],
  [word("about"), ({ about }) => word(`about_${about}`)],
  [word("likeness"), levelChip],
  [word("state"), ({ application, other }) => el("span", { class: "two" }, stateChip(application.state), stateChip(other.state))],
  [word("province"), ({ application, other }) => [...new Set([application.province, other.province])].map(placeName).join(" · ")],
  [word("found_on"), ({ found_at }) => shortDay(found_at)],
  [word("verdict"), verdict],
], items);

export async function show(place, { fail }) {
  const titles = titlesOf((await get("/calls")).items);
  const box = rowsBox();
  const load = pagedList(box, { draw: pairTable, none: "no_pair", fail });
  const go = () => load(`/duplicates?${new URLSearchParams(Object.entries(asked).filter(([, value]) => value))}`);
  const judged = el("input", { type: "checkbox", checked: asked.judged === "true", onchange: (event) => { asked.judged = event.target.checked ? "true" : ""; void go(); } });
  place.replaceChildren(el("h2", {}, word("desk_doubles")), el("p", { class: "note" }, word("doubles_help")),
    el("div", { class: "filters", id: "filters" }, titles.length > 1 ? field({ id: "pairs-call", label: word("call"), control: select(titles, asked.call, { onchange: (event) => { asked.call = event.target.value; void go(); } }, "all") }) : null,
      field({ id: "pairs-judged", label: word("judged_too"), control: judged }), el("p", { class: "filter-buttons" }, button("refresh", go, { id: "search" }))), box);
  await go();
}
