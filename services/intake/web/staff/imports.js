// Files of women: sent over a link that may break, looked at while the service works through them, and what became of each line.
import { el, language, learn, moment, number, said, word } from "../page.js";
import { get, list, passing, request, sendOnce } from "../api.js";
import { ask, button, buttons, facts, field, filePick, oneAtATime, refill, saveFile, select, table, toast } from "../ui.js";
import { sendBytes } from "../uploads.js";
import { bearer } from "./session.js";
import { WORDS } from "../words-imports.js";

learn(WORDS);

const LOOK_AGAIN_MS = 1000;
const ERRORS_SHOWN = 200;
const UNDER_WAY = { UPLOADING: "import_sending", WAITING: "import_working", RUNNING: "import_working" };
const COUNTS = { amended: "line_AMENDED", known: "line_KNOWN", changed: "line_CHANGED", refused: "line_REFUSED" };
const TO_CORRECT = { REFUSED: true, CHANGED: true };

const chosen = new Map(); // import → its file, while this page is open: what was checked can be registered without being picked again

const nameOf = (made) => el("bdi", {}, made.name);
const stateOf = ({ state, dry_run }) => `${word(`import_state_${state}`)}${dry_run ? ` · ${word("import_checked")}` : ""}`;

// A, B … Z, AA: as spreadsheets call their columns.
const letter = (column) => (column > 26 ? letter(Math.floor((column - 1) / 26)) : "") + String.fromCharCode(65 + ((column - 1) % 26));

// ── Sending one ──

async function announce(place, file, call, dry_run) {
  const made = await sendOnce("/imports", { body: { call, name: file.name.slice(0, 200), size: file.size, dry_run }, headers: bearer() });
  chosen.set(made.id, file);
  if (place.isConnected) location.hash = `#/imports/${made.id}`;
}

function modelOf(columns) {
  const names = columns.filter(({ key }) => !key.endsWith("_centimes")).map((column) => column[language] ?? column.key);
  saveFile(new Blob(["\ufeff", names.join(";"), "\r\n"], { type: "text/csv;charset=utf-8" }), "jisr.csv");
}

function columnsNode(columns) {
  const shown = [["import_column", ({ key }) => el("code", { dir: "ltr" }, key)], ["import_other_names", ({ fr, ar }) => [fr, ar].filter(Boolean).map((name, place) => [place ? " · " : "", el("bdi", {}, name)])],
    ["import_required", ({ required }) => (required ? "✓" : "")]];
  return el("details", {}, el("summary", {}, word("import_columns")), table(word("import_columns"), shown.map(([key, cell]) => [word(key), cell]), columns));
}

function sendingNode(place, calls, columns, fail) {
  let file = null;
  const name = el("span", { class: "note", id: "import-name", role: "status" });
  const control = filePick("import-file", "import_file", { accept: ".csv,text/csv,text/plain", picked: ([picked]) => { file = picked ?? null; name.textContent = file?.name ?? ""; missing.textContent = ""; } });
  const dry = el("input", { type: "checkbox", checked: true });
  const which = select(calls.map(({ id, title }) => [id, said(title)]), calls[0]?.id, {});
  const missing = el("p", { class: "summary", role: "alert" });
  const submit = oneAtATime(async () => {
    missing.textContent = file ? "" : word("import_no_file");
    if (file) await announce(place, file, which.value, dry.checked).catch(fail);
  });
  return el("form", { id: "send-import", onsubmit: (event) => { event.preventDefault(); void submit(); } }, el("p", {}, word("imports_help")), el("p", { class: "note" }, word("imports_consent")),
    calls.length > 1 ? field({ id: "import-call", label: word("call"), control: which }) : null,
    el("p", { class: "picked" }, control, " ", name), field({ id: "import-dry", label: word("import_dry_run"), control: dry }), missing,
    el("p", { class: "buttons" }, button("import_model", () => modelOf(columns), { id: "import-model" }), el("button", { class: "button primary", id: "import-send" }, word("import_send"))),
    columnsNode(columns));
}

// ── One of them ──

class ImportBox {
  constructor(place, id, fail) {
    Object.assign(this, { place, id, fail, path: `/imports/${encodeURIComponent(id)}`, errors: null, waiting: false, arrived: 0 });
  }

  get there() { return this.place.isConnected && location.hash.endsWith(this.id); }

  // A look whose answer is lost is followed by the next one.
  async look() {
    try {
      this.made = await get(this.path, bearer());
      if (!(this.made.state in UNDER_WAY) && !this.errors) await this.readErrors();
    } catch (fault) {
      if (!this.made || !passing(fault)) throw fault;
    }
    if (!this.there) return;
    const underWay = this.made.state in UNDER_WAY;
    if (underWay || this.errors) this.draw();
    if (underWay || !this.errors) setTimeout(() => this.look().catch(this.fail), LOOK_AGAIN_MS);
  }

  async readErrors() {
    const parts = await Promise.all(Object.keys(TO_CORRECT).map((outcome) => list(`${this.path}/report?outcome=${outcome}&limit=${ERRORS_SHOWN}`, bearer())));
    this.errors = parts.flatMap(({ items }) => items).sort((a, b) => a.line - b.line);
  }

  async send(file) {
    await sendBytes(this.path, file, { headers: bearer(), stopped: () => !this.there || this.made?.state === "CANCELLED", told: (bytes) => {
      this.waiting = bytes === null;
      this.arrived = bytes ?? this.arrived;
      if (this.made && this.there) this.draw();
    } });
  }

  progressNode() {
    const { state, size, percent } = this.made;
    const done = state === "UPLOADING" ? Math.floor(this.arrived * 100 / size) : percent;
    return el("div", {}, el("p", { class: "progress" }, el("progress", { max: 100, value: done, "aria-label": word(UNDER_WAY[state]) }), el("span", { dir: "ltr" }, `${number(done)} %`)),
      el("p", { class: "wait", role: "status" }, word(this.waiting ? "import_waits" : UNDER_WAY[state])), buttons(button("import_stop", () => this.stop(), { id: "import-stop" })));
  }

  async stop() {
    if (!await ask(word("import_stop_sure"), "import_stop")) return;
    await request("DELETE", this.path, { headers: bearer() }).catch(this.fail);
  }

  async save(codes) {
    if (codes && !await ask(word("import_codes_sure"), "import_codes")) return;
    try {
      const answer = await request("GET", `${this.path}/report.csv${codes ? "?codes=true&outcome=TAKEN" : ""}`, { headers: bearer(), accept: "text/csv", patience: 120000 });
      saveFile(await answer.blob(), codes ? "jisr-codes.csv" : "jisr-report.csv");
    } catch {
      toast(word("unreachable"));
    }
  }

  resultNode() {
    const { dry_run, state, taken } = this.made;
    const file = chosen.get(this.id);
    const rows = this.errors.flatMap((line) => line.errors.map((error) => ({ ...error, line: line.line })));
    const columns = [["import_line", ({ line }) => number(line)], ["import_column", ({ column, key }) => el("bdi", {}, [column ? letter(column) : null, key].filter(Boolean).join(" · ") || "—")], ["import_why", ({ message }) => message]];
    return el("div", {}, buttons(
      dry_run && file && state === "DONE" && taken > 0 ? button("import_now", () => announce(this.place, file, this.made.call, false).catch(this.fail), { id: "import-now", class: "button primary" }) : null,
      button("import_report", () => this.save(false), { id: "import-report" }), !dry_run && taken > 0 ? button("import_codes", () => this.save(true), { id: "import-codes" }) : null),
    state === "DONE" ? el("h3", {}, word("import_to_correct")) : null,
    state !== "DONE" ? null : rows.length ? table(word("import_to_correct"), columns.map(([key, cell]) => [word(key), cell]), rows) : el("p", { class: "note" }, word("import_nothing_wrong")));
  }

  draw() {
    const { made } = this;
    refill(this.place, [el("p", {}, el("a", { href: "#/imports" }, word("import_back"))), el("h2", {}, nameOf(made)), el("p", { id: "import-state", "data-state": made.state }, stateOf(made)),
      made.state in UNDER_WAY ? this.progressNode() : null,
      made.problems.length ? el("div", {}, el("h3", {}, word("import_problems")), el("ul", {}, made.problems.map(({ column, message }) => el("li", {}, column ? `${word("import_column")} ${letter(column)} · ` : "", message)))) : null,
      facts([[word("import_sent_at"), moment(made.created_at)], [word("import_encoding"), made.encoding && el("bdi", {}, made.encoding)], [word("import_lines"), made.lines ? number(made.lines) : null],
        [word(made.dry_run ? "import_good" : "line_TAKEN"), made.taken ? number(made.taken) : null], ...Object.entries(COUNTS).map(([name, key]) => [word(key), made[name] ? number(made[name]) : null])]),
      made.state in UNDER_WAY ? null : this.resultNode()]);
  }
}

// ── All of them ──

async function showAll(place, fail) {
  const [{ items: calls }, { items }] = await Promise.all([get("/calls"), list("/imports", bearer())]);
  const open = calls.filter(({ state, kinds }) => state === "OPEN" && kinds.includes("person"));
  const { items: columns } = open.length ? await get(`/import-columns?call=${encodeURIComponent(open[0].id)}`, bearer()) : { items: [] };
  const shown = [["import_name", (made) => el("a", { href: `#/imports/${made.id}` }, nameOf(made))], ["state", stateOf], ["import_sent_at", ({ created_at }) => moment(created_at)],
    ["import_lines", ({ lines }) => number(lines)], ["import_good", ({ taken, amended, known }) => number(taken + amended + known)], ["line_REFUSED", ({ refused, changed }) => number(refused + changed)]];
  place.replaceChildren(el("h2", {}, word("desk_imports")), open.length ? sendingNode(place, open, columns, fail) : el("p", { class: "notice" }, word("no_call")), el("h3", {}, word("import_list")),
    items.length ? table(word("import_list"), shown.map(([key, cell]) => [word(key), cell]), items) : el("p", { class: "note" }, word("import_none")));
}

export async function show(place, { parameters: [id], fail }) {
  if (!id) { await showAll(place, fail); return; }
  const box = new ImportBox(place, id, fail);
  await box.look();
  if (box.made.state === "UPLOADING" && chosen.has(id)) box.send(chosen.get(id)).catch(fail);
}
