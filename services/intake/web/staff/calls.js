// The calls of the programme, as the service tells them.
import { day, el, number, placeName, said, word } from "../page.js";
import { get } from "../api.js";
import { facts, table } from "../ui.js";

const SHOWN = [
  ["state", (call) => word(`call_${call.state}`)],
  ["opens", (call) => day(call.opens_at)],
  ["closes", (call) => day(call.closes_at)],
  ["streams", (call) => call.kinds.map((kind) => word(`stream_${kind}`)).join(" · ")],
  ["shortlisting", (call) => word(`shortlisting_${call.shortlisting}`)],
  ["documents", (call) => call.documents.map(({ title }) => said(title)).join(" · ") || "—"],
  ["consents", (call) => call.consents.map(({ purpose, version }) => `${purpose} ${version}`).join(" · ")],
];

export async function show(place) {
  const { items } = await get("/calls");
  place.replaceChildren(el("h2", {}, word("desk_calls")), ...items.map((call) => el("section", { class: "reviewed" }, el("h3", {}, said(call.title)),
    facts(SHOWN.map(([key, value]) => [word(key), value(call)])),
    table(`${word("quotas")} · ${said(call.title)}`, [[word("province"), ({ province }) => placeName(province)], [word("places"), ({ places }) => number(places)]], call.quotas))));
}
