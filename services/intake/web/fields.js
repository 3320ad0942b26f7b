// Draws a step of the form: its fields, the call's consents, a cooperative's members, and the review of all answers.
import { el, has, money, number, quotaName, said, word } from "./page.js";
import { button, buttons, facts, field, select } from "./ui.js";
import { answerOf, consentFields, dropMember, fault, fieldsOf, foldDigits, member, numberOf, stepsOf } from "./form.js";

const idOf = (pointer) => `f${pointer.replaceAll("/", "-")}`;

// `texts`: the options' texts are the call's own.
function optionsOf(item, call) {
  if (item.options === "provinces") return (call?.quotas ?? []).map((quota) => [quota.province, quotaName(quota)]);
  return item.options.filter(([code]) => item.pointer !== "/kind" || !call || call.kinds.includes(code)).map(([code, text]) => [code, item.texts ? said(text) : word(text)]);
}

export const labelOf = (item) => (item.consent ? said(item.consent.text) : item.label ? said(item.label) : word(item.word));
const shortLabelOf = (item) => (item.consent && has(`consent_${item.consent.purpose}`) ? word(`consent_${item.consent.purpose}`) : labelOf(item));

function helpOf(item) {
  if (item.consent) return word(item.required ? "required_consent" : "optional_consent");
  return item.label ? said(item.help) : item.word && has(`help_${item.word}`) ? word(`help_${item.word}`) : "";
}

const INPUTS = {
  number: { type: "text", inputmode: "decimal", dir: "ltr" },
  tel: { type: "tel" },
  text: { type: "text" },
};

// form: {state: {answers, members}, errors: Map pointer → text, call, calls?, byStaff?, set(pointer, value), draw(), change(step)}
function control(item, form) {
  const value = answerOf(item, form.state.answers);
  const common = { name: item.pointer, "aria-required": item.required ? "true" : null };
  if (item.type === "select") return select(optionsOf(item, form.call), value, { ...common, onchange: (event) => form.set(item.pointer, event.target.value) }, item.initial ? null : "choose");
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
    "aria-invalid": error ? "true" : null, "aria-describedby": error ? `${id}-error` : helpOf(item) ? `${id}-help` : null,
    oninput: (event) => { parts[place] = event.target.value; form.set(item.pointer, parts.join("-")); } }));
  return el("fieldset", { class: "field" }, el("legend", {}, labelOf(item), item.required ? null : el("span", { class: "optional" }, ` ${word("optional")}`)), helpOf(item) ? el("small", { id: `${id}-help` }, helpOf(item)) : null,
    error ? el("small", { id: `${id}-error`, class: "error" }, error) : null, el("div", { class: "date" }, part(2, "day", 2), part(1, "month", 2), part(0, "year", 4)));
}

function radioField(item, form) {
  const error = form.errors.get(item.pointer);
  const id = idOf(item.pointer);
  const pick = (code) => () => { form.set(item.pointer, code); form.draw(); };
  return el("fieldset", { class: "field", "aria-describedby": error ? `${id}-error` : null }, el("legend", {}, labelOf(item)), helpOf(item) ? el("small", {}, helpOf(item)) : null, error ? el("small", { id: `${id}-error`, class: "error" }, error) : null,
    optionsOf(item, form.call).map(([code, text]) => el("label", { class: "radio" }, el("input", { type: "radio", id: `${id}-${code}`, name: item.pointer, value: code, checked: answerOf(item, form.state.answers) === code,
      disabled: form.fixedKind && !item.label, "aria-invalid": error ? "true" : null, onchange: pick(code) }), el("span", {}, text))));
}

export function oneField(item, form) {
  if (item.type === "date") return dateField(item, form);
  if (item.type === "radio") return radioField(item, form);
  return field({ id: idOf(item.pointer), label: labelOf(item), help: helpOf(item), error: form.errors.get(item.pointer), control: control(item, form), optional: !item.required && item.type !== "checkbox" });
}

// Some fields with a heading of their own.
export const fieldGroup = (heading, items, form) => el("fieldset", { class: "field" }, el("legend", {}, word(heading)), items.map((item) => oneField(item, form)));

// What can be seen to be wrong without the service: pointer → text.
export const faultsOf = (fields, answers) => new Map(fields.map((item) => [item.pointer, fault(item, answers)]).filter(([, key]) => key).map(([pointer, key]) => [pointer, word(key)]));

const MANY = 6;

// What is wrong, field by field; each leads to its field. Where it is much, the field itself says the rest.
export function errorSummary(items, form) {
  const wrong = items.filter((item) => form.errors.has(item.pointer));
  const goTo = (item) => () => document.querySelector(`[name="${item.pointer}"], [name^="${item.pointer}/"]`)?.focus();
  return [word("errors_n", Math.max(wrong.length, form.errors.size)), el("ul", {}, wrong.map((item) => el("li", {}, el("button", { type: "button", class: "link", onclick: goTo(item) }, shortLabelOf(item)), wrong.length <= MANY ? ` — ${form.errors.get(item.pointer)}` : null)))];
}

function membersNode(form) {
  const changed = (act, focus) => () => { act(); form.keep(); form.draw(); document.querySelector(focus()).focus(); };
  const add = changed(() => { form.state.members++; }, () => `[name="${member(form.state.members)[0].pointer}"]`);
  const remove = (place) => button("remove", changed(() => dropMember(form.state, place), () => "#add-member"), { id: `remove-member-${place}`, class: "button quiet", "aria-label": `${word("remove")}: ${word("member_n", place + 1)}` });
  const groups = Array.from({ length: form.state.members }, (_, i) => el("fieldset", { class: "member" }, el("legend", {}, word("member_n", i + 2)), member(i + 1).map((item) => oneField(item, form)), buttons(remove(i + 1))));
  return el("div", {}, el("h3", {}, word("members")), el("p", { class: "note" }, word("members_help")), groups,
    buttons(button("add_member", add, { id: "add-member" })));
}

function consentsNode(form) {
  return el("fieldset", { class: "field" }, el("legend", {}, word("consents")), el("p", { class: "note" }, word("consents_help")), consentFields(form.call).map((item) => oneField(item, form)));
}

const INDEX_DIGITS = 6; // of a number that is not money, behind the comma

// A plain date as people write it.
export const dateText = (date) => foldDigits(date).split("-").reverse().join("/");

// An answer as it is read.
export function valueText(item, value, call) {
  if (item.type === "checkbox") return word(value === true ? "yes" : "no");
  if (value == null || value === "") return "—";
  if (item.type === "date") return el("bdi", {}, dateText(value));
  if (item.type === "select" || item.type === "radio") return optionsOf(item, call).find(([code]) => code === value)?.[1] ?? "—";
  if (item.type === "tel" || item.dir === "ltr") return el("bdi", { dir: "ltr" }, foldDigits(value));
  const asNumber = item.type === "number" ? numberOf(value) : NaN;
  if (Number.isNaN(asNumber)) return el("bdi", {}, value);
  return item.scale ? money(Math.round(asNumber * item.scale)) : number(asNumber, { maximumFractionDigits: INDEX_DIGITS });
}

// Which member an answer is about; 0: the form's own.
const memberOf = ({ pointer }) => Number(/^\/cooperative\/members\/(\d+)\//.exec(pointer)?.[1] ?? 0);

function answersNode(step, form) {
  const items = fieldsOf(step, { members: form.state.members, call: form.call });
  const rowsOf = (place) => items.filter((item) => memberOf(item) === place).map((item) => [shortLabelOf(item), valueText(item, answerOf(item, form.state.answers), form.call)]);
  const places = [...new Set(items.map(memberOf))];
  return places.map((place) => [place ? el("p", { class: "note" }, word("member_n", place + 1)) : null, facts(rowsOf(place))]);
}

// All answers, a section a step; with a way back to each unless they are only to be read.
export function reviewNode(form, mayChange = true) {
  return stepsOf(form.state.answers, form.call).filter((step) => !step.review).map((step, place) => el("section", { class: "reviewed" },
    el(mayChange ? "h3" : "h4", {}, word(step.word)), answersNode(step, form),
    mayChange ? el("button", { type: "button", class: "link", onclick: () => form.change(place), "aria-label": `${word("change")}: ${word(step.word)}` }, word("change")) : null));
}

export function stepNodes(step, form, id = "step-title") {
  return [el("h2", { id, tabindex: "-1" }, word(step.word)), step.review ? el("p", {}, word("review_help")) : null, step.consents && !form.byStaff ? el("p", {}, word("start_help")) : null,
    ...(step.consents && form.calls?.length > 1 ? [radioField({ pointer: "/call", word: "call_choice", options: form.calls.map(({ id: code, title }) => [code, title]), texts: true, initial: form.call.id }, form)] : []),
    ...step.fields.map((item) => oneField(item, form)),
    ...(step.members ? [membersNode(form)] : []), ...(step.consents ? [consentsNode(form)] : []), ...(step.review ? reviewNode(form) : [])].filter(Boolean);
}
