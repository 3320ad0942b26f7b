// What she has filled in, behind a summary; fetched when it is opened, and again when her file has another revision.
import { el, learn, word } from "./page.js";
import { get } from "./api.js";
import { button, refill } from "./ui.js";
import { answersOf } from "./form.js";
import { reviewNode } from "./fields.js";
import { WORDS } from "./words-apply.js";

learn(WORDS);

const GONE = 410; // erased

export class DeclaredBox {
  constructor(place, { file, call, headers, open }) {
    Object.assign(this, { place, file, call, headers, open, form: null, failed: null });
  }

  // Does nothing while nobody wants to see it.
  async load() {
    this.draw();
    if (!this.open) return;
    try {
      this.form = answersOf(await get(`/applications/${this.file.id}/form`, this.headers), this.call);
      this.failed = null;
    } catch (fault) {
      this.failed = fault;
    }
    this.draw();
  }

  close() { this.closed = true; }

  draw() {
    if (this.closed) return;
    const toggled = ({ target }) => {
      this.open = target.open;
      if (this.open && !this.form) void this.load();
    };
    const content = this.form ? reviewNode({ state: this.form, call: this.call }, false)
      : this.failed?.status === GONE ? [el("p", { class: "note" }, word("gone"))]
        : this.failed ? [el("p", { class: "summary", role: "alert" }, word("unreachable"), " ", button("again", () => this.load(), { id: "declared-again" }))] : [el("p", { class: "note" }, word("loading"))];
    refill(this.place, [el("details", { open: this.open, ontoggle: toggled, id: "declared-form" }, el("summary", { id: "declared-summary", class: "as-title" }, word("declared")), ...content)]);
  }
}
