// The calls of the programme, as the service tells them; for administrators also their drafts, and a new one.
import { day, el, has, lastDay, moment, number, quotaName, said, word } from "../page.js";
import { get, list, newKey, send } from "../api.js";
import { facts, field, oneAtATime, table } from "../ui.js";
import { bearer } from "./session.js";

const WRITERS = ["admin", "auditor"];
const ID_FORM = "[a-z][a-z0-9-]{2,79}";

const consentName = (purpose) => (has(`consent_${purpose}`) ? word(`consent_${purpose}`) : purpose);

const SHOWN = [
  ["state", (call) => word(`call_${call.state}`)],
  ["opens", (call) => day(call.opens_at)],
  ["closes", (call) => lastDay(call.closes_at)],
  ["streams", (call) => call.kinds.map((kind) => word(`stream_${kind}`)).join(" · ")],
  ["shortlisting", (call) => word(`shortlisting_${call.shortlisting}`)],
  ["documents", (call) => call.documents.map(({ title }) => said(title)).join(" · ") || "—"],
  ["call_consents", (call) => call.consents.map(({ purpose, version }, place) => [place ? " · " : "", consentName(purpose), " (", el("bdi", { dir: "ltr" }, version), ")"])],
];

const callNode = (call) => el("section", { class: "reviewed" }, el("h3", {}, said(call.title)), facts(SHOWN.map(([key, value]) => [word(key), value(call)])),
  table(`${word("quotas")} · ${said(call.title)} · ${call.id}`, [[word("province"), quotaName], [word("places"), ({ places }) => number(places)]], call.quotas));

const draftTable = (drafts) => table(word("call_drafts"), [
  [word("call"), ({ id }) => el("a", { href: `#/call/${id}` }, el("bdi", { dir: "ltr" }, id))],
  [word("state"), ({ state }) => el("span", { class: `state call-${state}` }, word(`call_${state}`))],
  [word("published_version"), ({ published_version: version }) => (version ? number(version) : word("not_published"))],
  [word("changed"), ({ changed_at: at, changed_by: by }) => el("span", {}, moment(at), " ", el("bdi", { dir: "ltr", class: "note" }, by))],
], drafts);

function newCall(fail) {
  const id = el("input", { dir: "ltr", pattern: ID_FORM, autocomplete: "off", autocapitalize: "none", spellcheck: "false", required: true });
  const region = el("input", { dir: "ltr", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true });
  const draft = oneAtATime(async () => {
    try {
      await send("/calls", { key: newKey(), body: { id: id.value.trim(), region: { code: region.value.trim().toUpperCase() } }, headers: bearer() });
      if (id.isConnected) location.hash = `#/call/${id.value.trim()}`;
    } catch (problem) {
      fail(problem);
    }
  });
  return el("details", { class: "part", id: "new-call-part" }, el("summary", { id: "new-call-open" }, word("new_call")), el("form", { class: "filters", novalidate: true, onsubmit: (event) => { event.preventDefault(); void draft(); } },
    field({ id: "new-call-id", label: word("call_id"), help: word("help_call_id"), control: id }), field({ id: "new-call-region", label: word("region_code"), help: word("help_region_code"), control: region }),
    el("p", { class: "filter-buttons" }, el("button", { class: "button primary", id: "draft-call" }, word("draft_call")))));
}

export async function show(place, { role, fail }) {
  const [{ items }, drafts] = await Promise.all([get("/calls"), WRITERS.includes(role) ? list("/call-drafts?limit=200", bearer()) : null]);
  place.replaceChildren(...[el("h2", {}, word("desk_calls")),
    drafts ? draftTable(drafts.items) : null, role === "admin" ? newCall(fail) : null,
    ...items.map(callNode)].filter(Boolean));
}
