// The public figure, live: women = auto-entrepreneurs + members of cooperatives; where they are, since when, and how far their files are.
import { byId, el, has, moment, number, page, placeName, shortDay, stateName, svg, word } from "./page.js";
import { drawMap } from "./map.js";

const STATES = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "INELIGIBLE", "APPROVED", "FUNDED", "FOLLOW_UP", "CLOSED", "REJECTED", "WITHDRAWN"];
const SMALL = 5; // fewer than so many women in a place might be known by name
const DAYS = 30;
const DAY_MS = 86400000;

let latest = null;
let call = null;
let connected = false;

// A cell that the service suppresses is null; one that is small is not told either.
const told = (value) => (value === null || (value > 0 && value < SMALL) ? null : value);
const shownValue = (value) => (value === null ? word("few", SMALL) : number(value));

function placesOf(byProvince) {
  const codes = new Set([...(call?.quotas ?? []).map(({ province }) => province), ...Object.keys(byProvince)]);
  return [...codes].filter((code) => code && has(code)).map((code) => [code, told(byProvince[code] ?? 0)]).sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0));
}

function drawPlaces(byProvince) {
  const rows = placesOf(byProvince);
  const most = Math.max(1, ...rows.map(([, women]) => women ?? 0));
  byId("provinces").replaceChildren(...rows.map(([code, women]) => {
    const bar = el("span", { class: "bar" });
    bar.style.setProperty("--share", (women ?? 0) / most);
    return el("tr", {}, el("th", { scope: "row" }, placeName(code)), el("td", { class: "bar-cell", "aria-hidden": "true" }, bar), el("td", { class: "value" }, shownValue(women)));
  }));
  byId("map").replaceChildren(drawMap(call?.region, rows.map(([code]) => code), Object.fromEntries(rows), word("map"), word("few", SMALL)));
}

// The last thirty days, those without a sign-up as well. Time runs from left to right in every language.
function drawDays(byDay) {
  const women = Object.fromEntries(byDay.map((each) => [each.date, each.women]));
  const days = Array.from({ length: DAYS }, (_, place) => new Date(Date.now() - (DAYS - 1 - place) * DAY_MS).toISOString().slice(0, 10)).map((date) => [date, women[date] ?? 0]);
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

function draw() {
  byId("live").classList.toggle("on", connected);
  byId("live-text").textContent = connected && latest ? `${word("live")} · ${word("as_of")} ${moment(latest.as_of)}` : word(connected ? "live" : "offline");
  if (!latest) return;
  for (const name of ["women", "auto_entrepreneurs", "cooperative_members"]) byId(name).textContent = number(latest[name]);
  drawPlaces(latest.by_province ?? {});
  drawDays(latest.by_day ?? []);
  drawStates(latest.by_state ?? {});
}

function listen() {
  const stream = new EventSource("/intake/v1/statistics/stream");
  stream.addEventListener("statistics", (message) => { latest = JSON.parse(message.data); connected = true; draw(); });
  stream.addEventListener("open", () => { connected = true; draw(); });
  stream.addEventListener("error", () => {
    connected = false;
    draw();
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000); // after an error answer the browser gives up; we don't
  });
}

const read = (path) => fetch(path).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

page(draw);
void Promise.all([read("/intake/v1/calls"), read("/intake/v1/statistics")]).then(([calls, first]) => {
  call = calls?.items.find((each) => each.state === "OPEN") ?? calls?.items[0] ?? null;
  latest ??= first;
  draw();
});
listen();
