// Draws a step of the form: its fields, the call's consents, a cooperative's members, and the review of all answers.
import { el, placeName, said, word } from "./page.js";
import { button, buttons, facts, field, select } from "./ui.js";
import { consentFields, fieldsOf, member, stepsOf } from "./form.js";

const idOf = (pointer) => `f${pointer.replaceAll("/", "-")}`;
const optionsOf = (item, call) => (item.options === "provinces" ? (call?.quotas ?? []).map(({ province }) => [province, placeName(province)]) : item.options.map(([code, key]) => [code, word(key)]));

const INPUTS = {
  number: { type: "text", inputmode: "decimal", dir: "ltr" },
  tel: { type: "tel" },
  text: { type: "text" },
};

// form: {state: {answers, members}, errors: Map pointer → text, call, set(pointer, value), draw(), change(step)}
function control(item, form) {
  const value = form.state.answers[item.pointer];
  const common = { name: item.pointer, "aria-required": item.required ? "true" : null };
  if (item.type === "select") return select(optionsOf(item, form.call), value, { ...common, onchange: (event) => form.set(item.pointer, event.target.value) });
  if (item.type === "checkbox") return el("input", { ...common, type: "checkbox", checked: value === true, onchange: (event) => form.set(item.pointer, event.target.checked) });
  return el("input", { ...common, ...INPUTS[item.type], dir: item.dir ?? INPUTS[item.type].dir, lang: item.lang, value: value ?? "", autocomplete: "off",
    autocapitalize: item.caps ? "characters" : null, oninput: (event) => form.set(item.pointer, event.target.value) });
}

// Day, month and year are typed: no wheel to turn back through sixty years.
function dateField(item, form) {
  const error = form.errors.get(item.pointer);
  const parts = (form.state.answers[item.pointer] ?? "--").split("-");
  const id = idOf(item.pointer);
  const part = (place, key, size) => el("div", {}, el("label", { for: `${id}-${key}` }, word(key)), el("input", {
    id: `${id}-${key}`, name: `${item.pointer}/${key}`, type: "text", inputmode: "numeric", maxlength: size, dir: "ltr", value: parts[place] ?? "", autocomplete: "off",
    "aria-invalid": error ? "true" : null, "aria-describedby": error ? `${id}-error` : `${id}-help`,
    oninput: (event) => { parts[place] = event.target.value; form.set(item.pointer, parts.join("-")); } }));
  return el("fieldset", { class: "field" }, el("legend", {}, word(item.word)), el("small", { id: `${id}-help` }, word(`help_${item.word}`)),
    error ? el("small", { id: `${id}-error`, class: "error" }, error) : null, el("div", { class: "date" }, part(2, "day", 2), part(1, "month", 2), part(0, "year", 4)));
}

function radioField(item, form) {
  const pick = (code) => () => { form.set(item.pointer, code); form.draw(); };
  return el("fieldset", { class: "field" }, el("legend", {}, word(item.word)), item.options.map(([code, key]) =>
    el("label", { class: "radio" }, el("input", { type: "radio", name: item.pointer, value: code, checked: form.state.answers[item.pointer] === code, disabled: form.fixedKind, onchange: pick(code) }), el("span", {}, word(key)))));
}

function oneField(item, form) {
  if (item.type === "date") return dateField(item, form);
  if (item.type === "radio") return radioField(item, form);
  return field({ id: idOf(item.pointer), label: item.consent ? said(item.consent.text) : word(item.word), help: item.consent ? word(item.required ? "required_consent" : "optional_consent") : word(`help_${item.word}`),
    error: form.errors.get(item.pointer), control: control(item, form), optional: !item.required && item.type !== "checkbox" });
}

function membersNode(form) {
  const change = (by) => () => { form.state.members = Math.max(0, form.state.members + by); form.keep(); form.draw(); };
  const groups = Array.from({ length: form.state.members }, (_, i) => el("fieldset", { class: "member" }, el("legend", {}, word("member_n", i + 2)), member(i + 1).map((item) => oneField(item, form))));
  return el("div", {}, el("h3", {}, word("members")), el("p", { class: "note" }, word("members_help")), groups,
    buttons(button("add_member", change(1), { id: "add-member" }), form.state.members > 0 ? button("remove", change(-1), { class: "button quiet" }) : null));
}

function consentsNode(form) {
  return el("fieldset", { class: "field" }, el("legend", {}, word("consents")), el("p", { class: "note" }, word("consents_help")), consentFields(form.call).map((item) => oneField(item, form)));
}

function shownAnswer(item, form) {
  const value = form.state.answers[item.pointer];
  if (item.type === "checkbox") return word(value === true ? "yes" : "no");
  if (item.type === "date") return el("bdi", {}, (value ?? "").split("-").reverse().join("/"));
  if (item.type === "select" || item.type === "radio") return optionsOf(item, form.call).find(([code]) => code === value)?.[1] ?? "—";
  return value ? el("bdi", {}, item.scale ? word("dirhams", value) : value) : "—";
}

const reviewLabel = (item) => (item.consent ? word(`consent_${item.consent.purpose}`) : word(item.word));

// All answers, a section a step; with a way back to each unless they are only to be read.
export function reviewNode(form, mayChange = true) {
  return stepsOf(form.state.answers).filter((step) => !step.review).map((step, place) => el("section", { class: "reviewed" },
    el(mayChange ? "h3" : "h4", {}, word(step.word)), facts(fieldsOf(step, { members: form.state.members, call: form.call }).map((item) => [reviewLabel(item), shownAnswer(item, form)])),
    mayChange ? el("button", { type: "button", class: "link", onclick: () => form.change(place), "aria-label": `${word("change")}: ${word(step.word)}` }, word("change")) : null));
}

export function stepNodes(step, form, id = "step-title") {
  return [el("h2", { id, tabindex: "-1" }, word(step.word)), step.review ? el("p", {}, word("review_help")) : null, step.consents ? el("p", {}, word("start_help")) : null,
    ...step.fields.map((item) => oneField(item, form)),
    ...(step.members ? [membersNode(form)] : []), ...(step.consents ? [consentsNode(form)] : []), ...(step.review ? reviewNode(form) : [])].filter(Boolean);
}
