// The public figure, live: women = auto-entrepreneurs + members of cooperatives, and where they are.
import { byId, el, has, moment, number, page, word } from "./page.js";

const STATES = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "INELIGIBLE", "APPROVED", "FUNDED", "REJECTED", "WITHDRAWN"];

let latest = null;
let connected = false;

const womenOf = (cell) => (typeof cell === "number" ? cell : cell.women);

function drawBars(byProvince) {
  const rows = Object.entries(byProvince).map(([code, cell]) => [code, womenOf(cell)]).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...rows.map(([, women]) => women));
  byId("provinces").replaceChildren(...rows.map(([code, women]) => {
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", women / most);
    return el("li", {}, el("span", { class: "name" }, has(code) ? word(code) : code), bar, el("span", { class: "value" }, number(women)));
  }));
}

function drawStates(byState) {
  const shown = STATES.filter((state) => byState[state] > 0);
  byId("states").replaceChildren(...shown.map((state) => el("li", { class: `state ${state}` }, el("b", {}, number(byState[state])), ` ${word(`state_${state}`)}`)));
}

function draw() {
  byId("live").classList.toggle("on", connected);
  byId("live-text").textContent = connected && latest ? `${word("live")} · ${word("as_of")} ${moment(latest.as_of)}` : connected ? word("live") : word("offline");
  if (!latest) return;
  for (const name of ["women", "auto_entrepreneurs", "cooperative_members"]) byId(name).textContent = number(latest[name]);
  drawBars(latest.by_province ?? {});
  drawStates(latest.by_state ?? {});
}

function listen() {
  const stream = new EventSource("/intake/v1/statistics/stream");
  const take = (message) => { latest = JSON.parse(message.data); connected = true; draw(); };
  stream.addEventListener("statistics", take);
  stream.addEventListener("message", take);
  stream.addEventListener("open", () => { connected = true; draw(); });
  stream.addEventListener("error", () => {
    connected = false;
    draw();
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000); // after an error answer the browser gives up; we don't
  });
}

page(draw);
fetch("/intake/v1/statistics").then((answer) => (answer.ok ? answer.json() : null)).then((first) => { latest ??= first; draw(); }).catch(() => {});
listen();
