// The public figure of one call, live: women = auto-entrepreneurs + members of cooperatives; where they are, since when, and how far their files are.
import { byId, counted, el, has, moment, number, page, placeName, said, shortDay, stateName, svg, today, word } from "./page.js";
import { drawMap } from "./map.js";

const STATES = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "INELIGIBLE", "APPROVED", "FUNDED", "FOLLOW_UP", "CLOSED", "REJECTED", "WITHDRAWN"];
const SMALL = 5; // fewer than so many women in a place might be known by name
const DAYS = 30;
const DAY_MS = 86400000;
const AGAIN_MS = 3000;

let calls = [];
let call = null; // whose figures these are
let latest = null;
let stream = null;
let connected = false;

// A cell that the service suppresses is null; one that is small is not told either.
const told = (value) => (value === null || (value > 0 && value < SMALL) ? null : value);
const shownValue = (value) => (value === null ? word("few", SMALL) : number(value));

// Those of the call's quotas; the most women first.
const placesOf = (byProvince) => call.quotas.map(({ province, name }) => ({ code: province, name: has(province) ? placeName(province) : said(name) || province, women: told(byProvince[province] ?? 0) }))
  .sort((a, b) => (b.women ?? 0) - (a.women ?? 0));

function drawPlaces(byProvince) {
  const places = placesOf(byProvince);
  const most = Math.max(1, ...places.map(({ women }) => women ?? 0));
  byId("provinces").replaceChildren(...places.map(({ name, women }) => {
    const bar = el("span", { class: "bar" });
    bar.style.setProperty("--share", (women ?? 0) / most);
    return el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "bar-cell", "aria-hidden": "true" }, bar), el("td", { class: "value" }, shownValue(women)));
  }));
  const map = drawMap(call.region, places, word("map"), word("few", SMALL));
  const { width, height } = map.viewBox.baseVal;
  byId("map").style.aspectRatio = `${width} / ${height}`; // a call of few provinces has few rows
  byId("map").replaceChildren(map);
}

// The last thirty days, those without a sign-up as well. Time runs from left to right in every language.
function drawDays(byDay) {
  const women = Object.fromEntries(byDay.map((each) => [each.date, each.women]));
  const days = Array.from({ length: DAYS }, (_, place) => new Date(Date.parse(today()) - (DAYS - 1 - place) * DAY_MS).toISOString().slice(0, 10)).map((date) => [date, women[date] ?? 0]);
  const most = Math.max(1, ...days.map(([, value]) => value));
  byId("days").replaceChildren(svg("svg", { class: "days", viewBox: `0 0 ${DAYS * 10} 100`, preserveAspectRatio: "none", "aria-hidden": "true" }, days.map(([, value], place) =>
    svg("rect", { x: place * 10 + 1, y: 100 - (value / most) * 98, width: 8, height: Math.max(value ? 2 : 0.5, (value / most) * 98), rx: 1 }))),
  el("p", { class: "axis", "aria-hidden": "true", dir: "ltr" }, el("bdi", {}, shortDay(days[0][0])), el("bdi", {}, shortDay(days.at(-1)[0]))));
  byId("day-rows").replaceChildren(...days.filter(([, value]) => value > 0).reverse().map(([date, value]) => el("tr", {}, el("th", { scope: "row" }, shortDay(date)), el("td", { class: "value" }, number(value)))));
}

function drawStates(byState) {
  const shown = STATES.filter((state) => byState[state] > 0);
  byId("states").replaceChildren(...shown.map((state) => el("li", { class: `state ${state}` }, el("b", {}, shownValue(told(byState[state]))), ` ${stateName(state)}`)));
}

const offered = () => calls.filter((each) => isOpen(each) || each === call);

// One call: its title. Several: a choice, which stays as it is while the figures move.
function drawCalls() {
  if (!call) return;
  const shown = offered();
  const choice = () => el("select", { id: "which-call", "aria-label": word("call_of_figures"), onchange: (event) => choose(event.target.value) }, shown.map(({ id, title }) => el("option", { value: id, selected: id === call.id }, said(title))));
  byId("which").replaceChildren(...(shown.length > 1 ? [choice(), el("span", { class: "whole", id: "whole-name", "aria-hidden": "true" })] : [said(call.title)]));
  drawTerms();
}

// Of the call that is chosen: its whole name, which a phone's select cuts off, and in how many days an application is answered.
function drawTerms() {
  const { answer_days: days, counting } = call.clock;
  const time = counting === "working" ? counted("in_working_days", days) : counted("in_days", days);
  byId("free").textContent = word("free_in", time);
  if (byId("whole-name")) byId("whole-name").textContent = said(call.title);
}

function draw() {
  byId("live").classList.toggle("on", connected);
  byId("live-text").textContent = connected && latest ? `${word("live")} · ${word("as_of")} ${moment(latest.as_of)}` : word(connected ? "live" : "offline");
  for (const name of ["women", "auto_entrepreneurs", "cooperative_members"]) byId(name).textContent = latest ? number(latest[name]) : "—";
  if (!latest) return;
  drawPlaces(latest.by_province ?? {});
  drawDays(latest.by_day ?? []);
  drawStates(latest.by_state ?? {});
}

function listen() {
  const mine = stream = new EventSource(`/intake/v1/statistics/stream?call=${call.id}`);
  mine.addEventListener("statistics", (message) => { latest = JSON.parse(message.data); connected = true; draw(); });
  mine.addEventListener("open", () => { connected = true; draw(); });
  mine.addEventListener("error", () => {
    connected = false;
    draw();
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => mine === stream && listen(), AGAIN_MS); // after an error answer the browser gives up; we don't
  });
}

const isOpen = ({ state }) => state === "OPEN";
const read = (path) => fetch(path).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

// The call that is asked for, the first one that is open, or the last that was.
function choose(id) {
  call = calls.find((each) => each.id === id) ?? calls.find(isOpen) ?? calls.at(-1);
  latest = null;
  drawTerms();
  byId("apply-link").href = offered().length > 1 ? `/apply?call=${call.id}` : "/apply";
  stream?.close();
  draw();
  listen();
}

async function begin() {
  calls = (await read("/intake/v1/calls"))?.items ?? [];
  if (!calls.length) { setTimeout(begin, AGAIN_MS); return; }
  choose(new URLSearchParams(location.search).get("call"));
  drawCalls();
}

// A page that she has left may be kept by the browser with its stream; a few of those, and no connection is left for what she opens next.
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", ({ persisted }) => { if (persisted && call) listen(); });
page(() => { drawCalls(); draw(); });
void begin();
