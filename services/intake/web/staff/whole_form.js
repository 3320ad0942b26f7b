// The whole form on one page, as staff fill it in: what it is drawn from (fields.js), what is wrong with it, and the request that it makes.
import { el, language, word } from "../page.js";
import { Problem } from "../api.js";
import { oneAtATime } from "../ui.js";
import { ASSISTANCE, fieldPointer, fieldsOf, makeBody, stepsOf } from "../form.js";
import { errorSummary, faultsOf, fieldGroup, stepNodes } from "../fields.js";

export class WholeForm {
  // state: {answers, members}; `assisted`: with how an agent helped; draw(): shows it anew.
  constructor({ place, state, call, assisted, fixedKind = false, draw }) {
    Object.assign(this, { place, state, call, assisted, fixedKind, draw, byStaff: true, errors: new Map() });
  }

  set(pointer, value) {
    this.state.answers[pointer] = value;
    this.errors.delete(pointer);
  }

  keep() {}

  get steps() { return stepsOf(this.state.answers, this.call).filter((step) => !step.review); }

  get items() { return [...(this.assisted ? ASSISTANCE : []), ...this.steps.flatMap((step) => fieldsOf(step, { members: this.state.members, call: this.call }))]; }

  get body() { return makeBody(this.state.answers, { call: this.call, members: this.state.members, language, assisted: this.assisted }); }

  // `name` begins its ids; `more` stands between what is wrong and the fields.
  node(name, send, submit, more = []) {
    this.submit ??= oneAtATime(submit); // it is drawn anew while it is sent
    return el("form", { id: name, novalidate: true, onsubmit: (event) => { event.preventDefault(); if (this.check()) void this.submit(); } },
      el("div", { class: "summary", role: "alert", id: `${name}-summary` }, this.errors.size ? errorSummary(this.items, this) : []), ...more,
      this.assisted ? el("section", { class: "reviewed" }, fieldGroup("assistance", ASSISTANCE, this)) : "",
      this.steps.map((step) => el("section", { class: "reviewed" }, stepNodes(step, this, `${name}-${step.word}`))),
      el("p", { class: "buttons" }, el("button", { class: "button primary", id: send.id }, word(send.key))));
  }

  showErrors() {
    this.draw();
    this.place.querySelector("[aria-invalid]")?.focus();
  }

  check() {
    this.errors = faultsOf(this.items, this.state.answers);
    if (this.errors.size) this.showErrors();
    return this.errors.size === 0;
  }

  // Takes what the service says of single fields; false when it says something else.
  take(problem) {
    if (!(problem instanceof Problem) || !problem.errors.length) return false;
    this.errors = new Map(problem.errors.map(({ pointer, message }) => [fieldPointer(pointer, this.call), message]));
    this.showErrors();
    return true;
  }
}
