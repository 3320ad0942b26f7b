// Her data (law 09-08): what she consents to and takes back, who has read what, all of it to keep, and its end, with the proof.
import { day, el, learn, moment, said, word } from "./page.js";
import { get, passing, Problem, request, sendOnce } from "./api.js";
import { ask, button, buttons, facts, field, refill, saveFile, table, toast } from "./ui.js";
import { WORDS } from "./words-mydata.js";

learn(WORDS);

// What can be taken back, and what follows.
const WITHDRAWALS = {
  processing: { sure: "take_back_processing_sure", what: "take_back_processing_what" },
  "partner-referral": { sure: "take_back_sure", what: "take_back_what" },
};
const OVER = ["WITHDRAWN", "EXPIRED", "MERGED", "CLOSED"];
const HELD = ["FUNDED", "FOLLOW_UP"]; // the law keeps these files
const GONE = 410;
const MENDED = { ar: "mend_ar", latin: "mend_latin", phone: "mend_phone", commune: "mend_commune" };

const readerName = (by) => {
  const [role, id] = by.split(":");
  return el("span", {}, word(`reader_${role}`), id && role !== "partner" ? el("span", { class: "note" }, " ", el("bdi", { dir: "ltr" }, id)) : null);
};

// `changed(file)`: her file has moved by what she did here. `gone()`: she was erased, and there is nothing left to fetch.
export class DataBox {
  constructor(place, { file, call, headers, changed, gone }) {
    Object.assign(this, { place, file, call, headers, changed, gone, path: `/applications/${file.id}`, consents: null, reads: null, proof: null, failed: false });
  }

  async load() {
    try {
      this.consents = (await get(`${this.path}/consents`, this.headers)).items;
      this.failed = false;
    } catch (fault) {
      if (fault.status === GONE) this.proof = await get(`${this.path}/erasure`, this.headers).catch(() => null);
      this.failed = fault.status !== GONE;
      if (!this.failed) this.gone();
    }
    this.draw();
  }

  close() { this.closed = true; }

  draw() {
    if (this.closed) return;
    const parts = this.proof ? [this.proofNode()] : this.consents ? [this.consentsNode(), this.mendNode(), this.opposeNode(), this.readsNode(), this.exportNode(), this.endNode()] : [];
    refill(this.place, [el("h2", {}, word("my_data")), this.proof ? null : el("p", { class: "note" }, word("my_data_help")),
      this.failed ? el("p", { class: "summary", role: "alert" }, word("unreachable"), " ", button("again", () => this.load(), { id: "data-again" })) : null, ...parts]);
  }

  // ── Consents ──

  // The last line of each purpose is what holds.
  current() {
    return Object.values(Object.fromEntries(this.consents.map((each) => [each.purpose, each])));
  }

  consentsNode() {
    return el("section", { class: "part", "aria-labelledby": "consents-title" }, el("h3", { id: "consents-title" }, word("my_consents")),
      el("ul", { class: "plain-list" }, this.current().map((each) => this.consentNode(each))));
  }

  // What an agent entered for her does not count before she confirms it: there is nothing to take back yet.
  consentNode({ purpose, state, version, at, confirmed }) {
    const waits = confirmed === false;
    const text = this.call.consents.find((each) => each.purpose === purpose && each.version === version)?.text;
    const way = state === "GIVEN" && !waits && !["WITHDRAWN", "DRAFT"].includes(this.file.state) ? WITHDRAWALS[purpose] : null;
    return el("li", { "data-purpose": purpose, "data-state": state, "data-confirmed": confirmed == null ? null : String(confirmed) }, el("p", {}, said(text) || purpose),
      el("p", { class: "note" }, word(waits ? "consent_UNCONFIRMED" : `consent_${state}`), at ? ` · ${day(at)}` : ""),
      way ? buttons(button("take_back", () => this.takeBack(purpose, way), { id: `take-back-${purpose}`, class: "button quiet" })) : null);
  }

  async takeBack(purpose, { sure, what }) {
    if (!await ask(word(sure), "take_back", [el("p", {}, word(what))])) return;
    await this.change(() => sendOnce(`${this.path}/consents/${purpose}/withdrawal`, { headers: this.headers }), "taken_back");
  }

  // ── A mistake put right; an objection ──

  mendNode() {
    if (OVER.includes(this.file.state) || this.file.state === "DRAFT") return null;
    return el("section", { class: "part" }, el("h3", {}, word("mend_title")), el("p", { class: "note" }, word("mend_help")), buttons(button("mend", () => this.mend(), { id: "mend" })));
  }

  // Only what she writes is changed.
  async mend() {
    const typed = { ar: el("input", { dir: "rtl", lang: "ar", autocomplete: "off" }), latin: el("input", { dir: "ltr", autocomplete: "off" }), phone: el("input", { type: "tel", dir: "ltr", autocomplete: "off" }), commune: el("input", { autocomplete: "off" }) };
    const body = () => {
      const [ar, latin, phone, commune] = ["ar", "latin", "phone", "commune"].map((name) => typed[name].value.trim());
      return { ...(ar || latin ? { name: { ...(ar ? { ar } : {}), ...(latin ? { latin } : {}) } } : {}), ...(phone ? { phone } : {}), ...(commune ? { commune } : {}) };
    };
    for (let wrong = null; wrong !== "";) { // what she has written stays until it is taken
      const fields = Object.entries(typed).map(([name, control]) => field({ id: `mend-${name}`, label: word(MENDED[name]), control, optional: true }));
      const notes = [el("p", { class: "note" }, word("mend_what")), ...(wrong ? [el("p", { class: "error", role: "alert" }, wrong)] : [])];
      if (!await ask(word("mend_title"), "mend", [...notes, ...fields]) || !Object.keys(body()).length) return;
      wrong = await this.change(() => sendOnce(`${this.path}/rectification`, { version: this.file.version, body: body(), headers: this.headers }), "mended");
    }
  }

  opposeNode() {
    if (OVER.includes(this.file.state) || this.file.state === "DRAFT") return null;
    const { restriction } = this.file;
    return el("section", { class: "part" }, el("h3", {}, word("oppose_title")), el("p", { class: "note" }, restriction ? word("opposed_since", day(restriction.since)) : word("oppose_help")),
      buttons(restriction ? button("oppose_undo", () => this.undoOpposition(), { id: "oppose-undo" }) : button("oppose", () => this.oppose(), { id: "oppose", class: "button quiet" })));
  }

  async oppose() {
    if (await ask(word("oppose_sure"), "oppose", [el("p", {}, word("oppose_what"))])) await this.change(() => sendOnce(`${this.path}/opposition`, { version: this.file.version, headers: this.headers }), "taken_back");
  }

  async undoOpposition() {
    if (await ask(word("oppose_undo_sure"), "oppose_undo")) await this.change(() => sendOnce(`${this.path}/opposition/undo`, { version: this.file.version, headers: this.headers }), "taken_back");
  }

  // ── Who has read it ──

  readsNode() {
    const rows = this.reads;
    const show = async (event) => {
      if (!event.target.open || this.reads) return;
      this.reads = (await get(`${this.path}/reads`, this.headers).catch(() => null))?.items ?? null;
      this.draw();
    };
    return el("details", { id: "reads", open: Boolean(rows), ontoggle: show }, el("summary", { id: "reads-summary" }, word("who_read")),
      rows?.length ? table(word("who_read"), [[word("when"), ({ at }) => moment(at)], [word("who"), ({ by }) => readerName(by)], [word("what"), ({ what }) => word(`did_${what}`)]], rows)
        : el("p", { class: "note" }, word(rows ? "nobody_read" : "loading")));
  }

  // ── All of it, to keep ──

  exportNode() {
    return el("section", { class: "part" }, el("h3", {}, word("export_title")), el("p", { class: "note" }, word("export_help")), buttons(button("export_page", () => this.save("export.html", "text/html", "html"), { id: "export-page" }),
      button("export_json", () => this.save("export", "application/json", "json"), { id: "export-json" })));
  }

  async save(part, accept, ending) {
    try {
      saveFile(await (await request("GET", `${this.path}/${part}`, { headers: this.headers, accept })).blob(), `jisr-${this.file.receipt_number}.${ending}`);
    } catch (fault) {
      toast(fault instanceof Problem ? fault.message : word("unreachable"), "warn");
    }
  }

  // ── The end of it ──

  endNode() {
    const { hold, state } = this.file;
    const held = hold ? word("on_hold", day(hold.since), hold.reason) : HELD.includes(state) ? word("erase_held") : null;
    return el("section", { class: "part" }, el("h3", {}, word("erase_title")), el("p", { class: "note" }, held ?? word("erase_help")),
      held ? null : buttons(button("erase", () => this.erase(), { id: "erase", class: "button danger" })));
  }

  // Two words from her: that she has read what follows, and that she wants it.
  async erase() {
    const understood = el("input", { type: "checkbox", id: "erase-understood" });
    const warning = [el("ul", {}, ["erase_1", "erase_2", "erase_3"].map((key) => el("li", {}, word(key)))),
      el("div", { class: "field check" }, understood, el("label", { for: "erase-understood" }, word("erase_understood")))];
    if (await ask(word("erase_sure"), "erase", warning, { class: "warning", ready: () => understood.checked })) await this.change(() => sendOnce(`${this.path}/erasure`, { headers: this.headers }), "erased");
  }

  proofNode() {
    const { at, keys_destroyed_at, audit_row, audit_hash } = this.proof;
    return el("div", { id: "erased" }, el("p", { class: "notice" }, word("erased")), el("h3", {}, word("proof")),
      facts([[word("erased_on"), moment(at)], [word("keys_destroyed"), keys_destroyed_at ? moment(keys_destroyed_at) : null], [word("audit_row"), String(audit_row)],
        [word("audit_hash"), el("code", { dir: "ltr" }, audit_hash)]]),
      buttons(button("save_file", () => saveFile(new Blob([JSON.stringify(this.proof, null, 2)], { type: "application/json" }), `jisr-${this.file.receipt_number}-proof.json`), { id: "save-proof" })));
  }

  // Resolves to what kept it from being done and may be mended or tried again; to "" otherwise.
  async change(work, told) {
    try {
      this.file = await work();
      toast(word(told));
    } catch (fault) {
      const wrong = fault instanceof Problem ? fault.errors[0]?.message ?? fault.message : word("unreachable");
      toast(wrong, "warn");
      if (passing(fault) || fault.errors.length) return wrong;
    }
    await this.changed(this.file);
    return "";
  }
}
