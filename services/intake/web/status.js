// Status: her file in plain words, with reasons, history, training seat and what she can do now. Receipt and code stay in this page's memory only.
import { byId, day, el, has, moment, page, said, word } from "./page.js";
import { basic, get, Problem, send } from "./api.js";

const OPEN_STATES = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED"];
const REFUSED = ["INELIGIBLE", "REJECTED"];
const DAY_MS = 86400000;
const REFRESH_MS = 4000;

let file = null;
let credential = null;
let fault = null;

const stateName = (state) => (has(`state_${state}`) ? word(`state_${state}`) : state);

function reasonsNode({ reasons }) {
  if (!reasons?.length) return null;
  return el("div", {}, el("h3", {}, word("reasons")), el("ul", {}, ...reasons.map((reason) => el("li", {}, said(reason)))));
}

function trainingNode({ training }) {
  if (!training?.session) return null;
  return el("div", { class: "training" }, el("h3", {}, word("training")), el("p", {}, `${said(training.title) || training.course} — ${training.place}`), el("p", {}, moment(training.starts_at)));
}

function historyNode({ history }) {
  return el("div", {}, el("h3", {}, word("history")), el("ol", { class: "timeline" }, ...history.map(({ state, at, why }) =>
    el("li", {}, el("b", {}, stateName(state)), el("time", { datetime: at }, moment(at)), said(why) ? el("span", {}, said(why)) : null))));
}

const daysLeft = ({ answer_due_at, state }) => {
  const days = Math.ceil((new Date(answer_due_at) - Date.now()) / DAY_MS);
  return answer_due_at && ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "ELIGIBLE"].includes(state) && days > 0 ? el("p", { class: "note" }, word("days_left", days)) : null;
};

async function withdraw() {
  if (!confirm(word("withdraw_sure"))) return;
  try {
    file = await send(`/applications/${file.id}/withdrawal`, { headers: credential });
  } catch (problem) {
    fault = problem;
  }
  draw();
}

function draw() {
  byId("summary").hidden = !fault;
  if (fault) byId("summary").textContent = word(!(fault instanceof Problem) ? "unreachable" : fault.status === 429 ? "too_many" : fault.status >= 500 ? "unreachable" : "wrong_code");
  byId("file").hidden = !file;
  if (!file) return;
  byId("file").replaceChildren(...[
    el("p", { class: `state big ${file.state}`, id: "state", "data-state": file.state }, stateName(file.state)),
    has(`say_${file.state}`) ? el("p", {}, word(`say_${file.state}`)) : null,
    daysLeft(file),
    file.decision ? reasonsNode(file.decision) : null,
    REFUSED.includes(file.state) ? el("p", { class: "note" }, word("appeal")) : null,
    trainingNode(file),
    el("dl", {}, el("dt", {}, word("receipt")), el("dd", { dir: "ltr" }, file.receipt_number), el("dt", {}, word("submitted_on")), el("dd", {}, file.submitted_at ? day(file.submitted_at) : "—")),
    historyNode(file),
    OPEN_STATES.includes(file.state) ? el("p", { class: "buttons" }, el("button", { type: "button", class: "button quiet", id: "withdraw", onclick: withdraw }, word("withdraw"))) : null,
  ].filter(Boolean));
}

async function load(receipt) {
  try {
    file = await get(`/receipts/${encodeURIComponent(receipt)}`, credential);
    fault = null;
  } catch (problem) {
    fault = problem;
    if (problem instanceof Problem && problem.status < 500) file = null;
  }
  draw();
}

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const receipt = byId("receipt").value.trim();
  credential = basic(receipt, byId("code").value.trim());
  await load(receipt);
  if (file) byId("file").focus();
});

// The QR code of a receipt says whose file it is; what comes after # never leaves the browser.
const scanned = new URLSearchParams(location.hash.slice(1)).get("receipt");
if (scanned) byId("receipt").value = scanned;

// A file that still moves is looked at again while the page is open.
setInterval(() => { if (file && !document.hidden && OPEN_STATES.includes(file.state)) load(file.receipt_number); }, REFRESH_MS);

page(draw);
