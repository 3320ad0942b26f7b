// The members of a cooperative over time: who is in it, who joined later, who has left. For her and for staff.
import { day, el, learn, word } from "./page.js";
import { get } from "./api.js";
import { button, refill, table } from "./ui.js";
import { WORDS } from "./words-members.js";

learn(WORDS);

const GONE = 410; // erased

const nameOf = ({ name, representative }) => el("span", {}, el("bdi", {}, name.ar || name.latin || "—"), name.ar && name.latin ? el("span", { class: "note" }, " ", el("bdi", { dir: "ltr" }, name.latin)) : null,
  representative ? el("span", { class: "note" }, ` · ${word("represents")}`) : null);

const COLUMNS = [
  ["member_name", nameOf],
  ["member_role", ({ role }) => (role ? word(`member_role_${role}`) : "—")],
  ["member_joined", ({ joined_at: at }) => day(at)],
  ["member_left", ({ left_at: at }) => (at ? day(at) : word("member_still"))],
];

export class MembersBox {
  constructor(place, { file, headers }) {
    Object.assign(this, { place, file, headers, items: null, failed: false });
  }

  async load() {
    try {
      this.items = (await get(`/applications/${this.file.id}/members`, this.headers)).items;
      this.failed = false;
    } catch (fault) {
      this.items = fault.status === GONE ? [] : null;
      this.failed = fault.status !== GONE;
    }
    this.draw();
  }

  close() { this.closed = true; }

  draw() {
    if (this.closed) return;
    if (this.file.kind !== "cooperative") return;
    const { items } = this;
    refill(this.place, [el("h2", {}, word("members_over_time")),
      this.failed ? el("p", { class: "summary", role: "alert" }, word("unreachable"), " ", button("again", () => this.load(), { id: "members-again" })) : null,
      items?.length ? table(word("members_over_time"), COLUMNS.map(([key, cell]) => [word(key), cell]), [...items].sort((a, b) => Boolean(a.left_at) - Boolean(b.left_at))) : null]);
  }
}
