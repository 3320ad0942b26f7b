// The documents of one application: what the call asks for and why, photos and PDFs on their way, what became of each. For her, for agents, and to look at for
// others. An upload that broke off with its page goes on when the same file is picked again: its digest is kept on this phone, sealed.
import { el, learn, number, said, word } from "./page.js";
import { get, Problem, request, send } from "./api.js";
import { keep, recall } from "./kept.js";
import { ask, button, dialog, filePick, refill, saveFile, toast } from "./ui.js";
import { digestOf, FILE_BYTES_MAX, insist, lighten, sendBytes } from "./uploads.js";
import { WORDS } from "./words-documents.js";

learn(WORDS);

const PAGES_MAX = 8;
const AT_ONCE = 2; // uploads
const LOOK_AGAIN_MS = 1500;
const TAKEN = ["DRAFT", "SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "INFO_REQUESTED", "INELIGIBLE", "ELIGIBLE", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "APPROVED", "REJECTED", "FUNDED", "FOLLOW_UP"];

const KINDS = "image/*,application/pdf";
const KB = 1024;
const sizeText = (bytes) => (bytes < KB * KB ? word("kilobytes", number(Math.ceil(bytes / KB))) : word("megabytes", number(Math.round(bytes / KB / KB * 10) / 10)));

const asDataUrl = (blob) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.readAsDataURL(blob);
});

// The box of an application's documents. `headers`: whose eyes; `hand`: whether they may add and take away.
export class DocumentBox {
  constructor(place, { file, call, headers, hand }) {
    Object.assign(this, { place, file, headers, hand, path: `/applications/${file.id}/documents`, kept: `upload/${file.id}`, items: null, failed: false });
    Object.assign(this, { sent: new Map(), queue: [], busy: 0, asked: 0, claimed: new Set(), remembered: Promise.resolve(), pictures: new Map() });
    this.types = call.documents.filter(({ kinds }) => !kinds?.length || kinds.includes(file.kind));
  }

  get mayChange() { return this.hand && TAKEN.includes(this.file.state); }

  // ── What there is ──

  async load() {
    if (this.closed) return;
    const asked = ++this.asked;
    try {
      const { items } = await get(this.path, this.headers);
      if (asked !== this.asked) return; // there is a newer answer to come, or a document that this one does not know
      this.items = items;
      this.failed = false;
    } catch {
      if (asked !== this.asked) return;
      this.failed = true;
    }
    this.draw();
    clearTimeout(this.timer);
    if (this.items?.some(({ state }) => state === "PROCESSING")) this.timer = setTimeout(() => this.load(), LOOK_AGAIN_MS);
  }

  get sending() { return this.busy > 0; }

  close() {
    clearTimeout(this.timer);
    this.closed = true;
  }

  draw() {
    if (this.closed) return;
    const types = this.types.map((type) => this.typeNode(type));
    refill(this.place, [el("h2", {}, word("documents")), el("p", { class: "note" }, word(this.types.length ? "documents_help" : "documents_none")),
      this.failed ? el("p", { class: "summary", role: "alert" }, word("unreachable"), " ", button("again", () => this.load(), { id: "documents-again" })) : null,
      ...(this.items === null ? [] : types), el("p", { class: "away", role: "status", id: "documents-said" }, this.spoken ?? "")]);
    for (const item of this.items ?? []) if (item.thumbnail && item.state === "READY") void this.showThumbnail(item);
  }

  typeNode(type) {
    const items = (this.items ?? []).filter((item) => item.type === type.id).sort((a, b) => a.page - b.page);
    const id = `paper-${type.id}`;
    return el("section", { class: "paper", "aria-labelledby": id }, el("h3", { id }, said(type.title)), el("p", { class: "note" }, said(type.why)),
      items.length ? el("ul", { class: "pages" }, items.map((item) => this.itemNode(item, type))) : this.mayChange ? null : el("p", { class: "note" }, word("documents_not_yet")),
      this.mayChange && items.length < PAGES_MAX ? this.pickNode(`pick-${type.id}`, items.length ? "add_pages" : "add_files", (files) => this.add(type.id, files), true) : null);
  }

  pickNode(id, key, picked, multiple) {
    return filePick(id, key, { accept: KINDS, multiple, picked: (files, input) => { picked(files); input.value = ""; } });
  }

  itemNode(item, type) {
    const name = `${said(type.title)} · ${word("page_n", item.page)}`;
    const mayGoOn = this.mayChange && item.state === "UPLOADING" && !this.sent.has(item.id);
    const view = item.state === "READY" ? button(item.media === "application/pdf" ? "save_file" : "look", () => this.open(item, name), { id: `look-${item.id}`, "aria-label": `${word(item.media === "application/pdf" ? "save_file" : "look")}: ${name}` }) : null;
    return el("li", { class: `page-row ${item.state}`, "data-document": item.id, "data-state": item.state },
      el("span", { class: "thumb", id: `thumb-${item.id}`, "aria-hidden": "true" }, item.media === "application/pdf" ? el("b", { dir: "ltr", class: "pdf" }) : null),
      el("div", { class: "page-text" }, el("b", {}, word("page_n", item.page)), el("span", { id: `text-${item.id}` }, this.textOf(item)),
        item.state === "UPLOADING" && this.sent.has(item.id) ? el("progress", { id: `bar-${item.id}`, max: item.size, value: item.received, "aria-label": name }) : null),
      el("span", { class: "page-buttons" }, view, mayGoOn ? this.pickNode(`pick-${item.id}`, "same_file", ([file]) => this.goOn(item, file), false) : null,
        this.mayChange ? button("delete", () => this.remove(item, name), { id: `delete-${item.id}`, class: "button quiet", "aria-label": `${word("delete")}: ${name}` }) : null));
  }

  textOf(item) {
    if (item.state === "REFUSED") return said(item.refusal);
    if (item.state === "READY") return `${word("doc_READY")} · ${sizeText(item.bytes ?? item.size)}`;
    if (item.state !== "UPLOADING") return word(`doc_${item.state}`);
    const percent = Math.floor((item.received / item.size) * 100);
    if (!this.sent.has(item.id)) return word("doc_broken_off", percent);
    return word(this.sent.get(item.id).waits ? "doc_waits" : "doc_UPLOADING", percent);
  }

  say(text) {
    this.spoken = text;
    const node = this.place.querySelector("#documents-said");
    if (node) node.textContent = text;
  }

  // ── To look at ──

  async picture(item, part) {
    const key = `${item.id}/${part}`;
    if (!this.pictures.has(key)) this.pictures.set(key, await asDataUrl(await (await request("GET", `${this.path}/${key}`, { headers: this.headers, accept: "image/*" })).blob()));
    return this.pictures.get(key);
  }

  async showThumbnail(item) {
    try {
      const src = await this.picture(item, "thumbnail");
      this.place.querySelector(`#thumb-${item.id}`)?.replaceChildren(el("img", { src, alt: "" }));
    } catch { /* its row says what it is */ }
  }

  async open(item, name) {
    try {
      if (item.media === "application/pdf") {
        const answer = await request("GET", `${this.path}/${item.id}/content`, { headers: this.headers, accept: "application/pdf" });
        saveFile(await answer.blob(), `${item.type}-${item.page}.pdf`);
      } else await dialog(name, [el("img", { class: "whole", src: await this.picture(item, "content"), alt: name })], [["close", ""]], { class: "viewer" });
    } catch {
      toast(word("unreachable"));
    }
  }

  // ── To send ──

  // A page that waits for its turn to be announced is taken: announced twice, it would throw the first one away.
  freePages(type) {
    const used = new Set(this.items.filter((item) => item.type === type && item.state !== "REFUSED").map(({ page }) => page));
    for (const page of this.claimed) if (page.type === type) used.add(page.page);
    return Array.from({ length: PAGES_MAX }, (_, place) => place + 1).filter((page) => !used.has(page));
  }

  async add(type, files) {
    const pages = this.freePages(type);
    if (files.length > pages.length) toast(word("pages_max", PAGES_MAX));
    const claims = files.slice(0, pages.length).map((file, place) => ({ file, type, page: pages[place] }));
    for (const claim of claims) this.claimed.add(claim);
    for (const claim of claims) {
      const blob = await lighten(claim.file);
      if (blob.size <= FILE_BYTES_MAX) this.enqueue(() => this.announceAndSend(claim, blob));
      else {
        this.claimed.delete(claim);
        toast(word("too_large", claim.file.name));
      }
    }
  }

  async announceAndSend(claim, blob) {
    const { type, page } = claim;
    let item = null;
    try {
      item = await insist(() => send(this.path, { body: { type, page, size: blob.size }, headers: this.headers }), () => this.say(word("doc_no_network")));
    } finally {
      this.claimed.delete(claim);
    }
    this.asked++;
    this.items = [...this.items.filter((other) => !(other.type === item.type && other.page === item.page && other.state === "REFUSED")), item];
    await this.remember(item.id, await digestOf(blob));
    await this.transfer(item, blob);
  }

  // The same bytes as before: from where they broke off. Others: as a new file in its place.
  async goOn(item, file) {
    const blob = await lighten(file);
    const known = (await recall(this.kept)) ?? {};
    if (blob.size === item.size && known[item.id] === await digestOf(blob)) this.enqueue(() => this.transfer(item, blob));
    else {
      toast(word("another_file"));
      await this.discard(item);
      await this.add(item.type, [file]);
    }
  }

  enqueue(work) {
    this.queue.push(work);
    void this.next();
  }

  async next() {
    if (this.closed || this.busy >= AT_ONCE || !this.queue.length) return;
    this.busy++;
    try {
      await this.queue.shift()();
    } catch (fault) {
      toast(fault instanceof Problem ? fault.errors[0]?.message ?? fault.message : word("unreachable"), "warn");
    }
    this.busy--;
    await this.load();
    void this.next();
  }

  async transfer(item, blob) {
    const under = { waits: false, stopped: false };
    this.sent.set(item.id, under);
    this.draw();
    try {
      await sendBytes(`${this.path}/${item.id}`, blob, { headers: this.headers, stopped: () => under.stopped || this.closed, told: (bytes) => this.told(item, under, bytes) });
    } finally {
      this.sent.delete(item.id);
    }
    if (this.closed) return; // broken off: the same file goes on where it was
    if (!under.stopped) this.say(word("doc_arrived", item.page));
    await this.remember(item.id, null);
  }

  told(item, under, bytes) {
    under.waits = bytes === null;
    item.received = bytes ?? item.received;
    const text = this.place.querySelector(`#text-${item.id}`), bar = this.place.querySelector(`#bar-${item.id}`);
    if (text) text.textContent = this.textOf(item);
    if (bar) bar.value = item.received;
  }

  // One after another: two uploads share what is kept.
  remember(id, digest) {
    this.remembered = this.remembered.then(async () => keep(this.kept, { ...(await recall(this.kept)), [id]: digest ?? undefined }));
    return this.remembered;
  }

  // ── To take away ──

  async remove(item, name) {
    if (!await ask(word("delete_sure", name), "delete")) return;
    try {
      await this.discard(item);
      this.say(word("deleted"));
    } catch (fault) {
      toast(fault instanceof Problem ? fault.message : word("unreachable"), "warn");
    }
    await this.load();
    this.place.querySelector(`#pick-${item.type}`)?.focus();
  }

  async discard(item) {
    if (this.sent.has(item.id)) this.sent.get(item.id).stopped = true;
    await request("DELETE", `${this.path}/${item.id}`, { headers: this.headers });
    this.items = this.items.filter(({ id }) => id !== item.id);
  }
}
