// A call's document as a table of fields, and how it is drawn. A field's label is word(`e_${name}`), its help word(`help_e_${name}`) where there is one; its place in the
// document is its JSON pointer, by which the check's answers find it.
import { unwall, wall } from "../clock.js";
import { el, has, word } from "../page.js";
import { button, field, select } from "../ui.js";

const LANGUAGES = [["ar", "rtl"], ["fr", "ltr"], ["en", "ltr"]];
const KINDS = ["person", "cooperative"];

const named = { name: "name", type: "texts" };
const CHOICES = { name: "choices", type: "list", item: "choice_n", fields: [{ name: "id", type: "text" }, { name: "label", type: "texts" }] };

const SECTIONS = [
  { title: "call", open: true, fields: [
    { name: "title", type: "texts" },
    { name: "region/code", type: "text" },
    { name: "region/name", type: "texts" },
    { name: "opens_at", type: "moment" },
    { name: "closes_at", type: "moment" },
    { name: "kinds", type: "kinds" },
    { name: "sample", type: "check" },
  ] },
  { title: "quotas", fields: [{ name: "provinces", type: "list", item: "province_n", compact: true, fields: [{ name: "code", type: "text" }, { name: "places", type: "number" }, named] }] },
  { title: "documents", fields: [{ name: "documents", type: "list", item: "document_n", fields: [{ name: "id", type: "text" }, { name: "title", type: "texts" }, { name: "why", type: "texts" }, { name: "kinds", type: "kinds" }] }] },
  { title: "call_consents", fields: [{ name: "consents", type: "list", item: "consent_n", fields: [{ name: "purpose", type: "text" }, { name: "version", type: "text" }, { name: "required", type: "check" }, { name: "text", type: "long" }] }] },
  { title: "legal_clock", fields: [
    { name: "clock/answer_days", type: "number" },
    { name: "clock/counting", type: "choice", options: ["calendar", "working"] },
    { name: "clock/calendar", type: "text" },
    { name: "clock/complement_days", type: "number" },
    { name: "clock/draft_days", type: "number" },
  ] },
  { title: "selection", fields: [
    { name: "shortlisting", type: "choice", options: ["automatic", "committee"] },
    { name: "ruleset", type: "text" },
    { name: "members_min", type: "number" },
    { name: "ice_strict", type: "check" },
  ] },
  { title: "extra_fields", fields: [{ name: "fields", type: "list", item: "field_n", fields: [
    { name: "id", type: "text" },
    { name: "type", type: "choice", options: ["text", "integer", "money", "date", "choice", "yes-no"], redraws: true },
    { name: "label", type: "texts" },
    { name: "help", type: "texts" },
    { name: "required", type: "check" },
    { name: "min", type: "number", only: ({ type }) => ["text", "integer", "money"].includes(type) },
    { name: "max", type: "number", only: ({ type }) => ["text", "integer", "money"].includes(type) },
    { ...CHOICES, only: ({ type }) => type === "choice" },
    { name: "kinds", type: "kinds" },
  ] }] },
];

// ── Moments: RFC 3339 in the document, Moroccan time on the screen ──

const toLocal = (instant) => (instant ? wall(instant).toISOString().slice(0, 16) : "");

function fromLocal(text) {
  const at = unwall(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString().replace(".000Z", "Z");
}

// ── Drawing ──

const idOf = (pointer) => `e${pointer.replaceAll("/", "-")}`;
const labelOf = ({ name }) => word(`e_${name.split("/").pop()}`);
const helpOf = ({ name }) => { const key = `help_e_${name.split("/").pop()}`; return has(key) ? word(key) : ""; };

export const valueAt = (document, pointer) => pointer.slice(1).split("/").reduce((place, part) => place?.[part], document);

export function putAt(document, pointer, value) {
  const parts = pointer.slice(1).split("/");
  const last = parts.pop();
  parts.reduce((where, part) => (where[part] ??= {}), document)[last] = value;
}

// Each field of the form by its pointer; a list is one.
export const POINTERS = SECTIONS.flatMap(({ fields }) => fields.map(({ name }) => `/${name}`));

const isWithin = (pointer, place) => pointer === place || pointer.startsWith(`${place}/`);
const rowName = (item, value, place) => [word(item.item, place + 1), value?.code || value?.id || value?.purpose].filter(Boolean).join(" · ");

function namesIn(fields, base, pointer, document) {
  const item = fields.find(({ name }) => isWithin(pointer, `${base}/${name}`));
  if (!item) return [];
  const place = `${base}/${item.name}`;
  const [part] = pointer.slice(place.length + 1).split("/");
  if (item.type !== "list") return [labelOf(item), ...(has(`text_${part}`) ? [word(`text_${part}`)] : [])];
  if (!part) return [];
  const row = `${place}/${part}`;
  return [rowName(item, valueAt(document, row), Number(part)), ...namesIn(item.fields, row, pointer, document)];
}

// "Province 4 · MA-TAO · Places": where a pointer leads, in the reader's words. Null: to no field of the form.
export function nameOf(pointer, document) {
  const section = SECTIONS.find(({ fields }) => fields.some(({ name }) => isWithin(pointer, `/${name}`)));
  if (!section) return null;
  const names = namesIn(section.fields, "", pointer, document);
  return (section.fields[0].type === "list" && names.length ? names : [word(section.title), ...names]).join(" · ");
}

// document: changed in place. edit: {problems: [{pointer, message}], mayWrite, changed(), again(id of what gets the focus)}
export function draw(document, edit) {
  const at = (pointer) => valueAt(document, pointer);

  function put(pointer, value) {
    putAt(document, pointer, value);
    edit.changed();
  }

  const typed = (pointer, properties, read = (text) => text) => el("input", { ...properties, name: pointer, disabled: !edit.mayWrite, autocomplete: "off", value: at(pointer) ?? "", oninput: (event) => put(pointer, read(event.target.value)) });

  const asNumber = (text) => {
    const digits = text.trim().replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660);
    return digits === "" ? null : /^-?\d+$/.test(digits) ? Number(digits) : text;
  };

  const CONTROLS = {
    text: (item, pointer) => typed(pointer, { dir: "ltr", spellcheck: "false", autocapitalize: "none" }),
    number: (item, pointer) => typed(pointer, { dir: "ltr", inputmode: "numeric" }, asNumber),
    moment: (item, pointer) => el("input", { type: "datetime-local", name: pointer, disabled: !edit.mayWrite, value: toLocal(at(pointer)), oninput: (event) => put(pointer, fromLocal(event.target.value)) }),
    check: (item, pointer) => el("input", { type: "checkbox", name: pointer, disabled: !edit.mayWrite, checked: at(pointer) === true, onchange: (event) => put(pointer, event.target.checked) }),
    choice: (item, pointer) => select(item.options.map((code) => [code, word(`o_${code}`)]), at(pointer) ?? "", { name: pointer, disabled: !edit.mayWrite, onchange: (event) => { put(pointer, event.target.value); if (item.redraws) edit.again(); } }),
  };

  const message = (pointer) => edit.problems.find((each) => each.pointer === pointer)?.message;
  const errorOf = (pointer) => { const text = message(pointer); return text ? el("small", { class: "error" }, text) : null; };

  // Three languages side by side. `long`: sentences.
  function texts(item, pointer, long) {
    return el("fieldset", { class: "field texts" }, el("legend", {}, labelOf(item)), helpOf(item) ? el("small", {}, helpOf(item)) : null, errorOf(pointer), el("div", { class: "languages-row" }, LANGUAGES.map(([code, dir]) => {
      const place = `${pointer}/${code}`;
      const properties = { name: place, dir, lang: code, disabled: !edit.mayWrite, oninput: (event) => put(place, event.target.value) };
      const control = long ? el("textarea", { ...properties, rows: 3 }, at(place) ?? "") : el("input", { ...properties, autocomplete: "off", value: at(place) ?? "" });
      return field({ id: idOf(place), label: word(`text_${code}`), error: message(place), control });
    })));
  }

  function kinds(item, pointer) {
    const toggled = (kind, on) => put(pointer, KINDS.filter((each) => (each === kind ? on : (at(pointer) ?? []).includes(each))));
    return el("fieldset", { class: "field" }, el("legend", {}, labelOf(item)), errorOf(pointer), KINDS.map((kind) => el("label", { class: "radio" },
      el("input", { type: "checkbox", name: pointer, value: kind, disabled: !edit.mayWrite, checked: (at(pointer) ?? []).includes(kind), onchange: (event) => toggled(kind, event.target.checked) }), el("span", {}, word(`stream_${kind}`)))));
  }

  function listNode(item, pointer) {
    const items = at(pointer) ?? [];
    const change = (next, focus) => { put(pointer, next); edit.again(focus); };
    const add = `add${idOf(pointer)}`, first = idOf(`${pointer}/${items.length}/${item.fields[0].name}`);
    return el("div", { class: "list", "data-pointer": pointer, tabindex: "-1" }, errorOf(pointer), items.map((value, place) => el("fieldset", { class: `member ${item.compact ? "compact" : ""}` },
      el("legend", {}, rowName(item, value, place)),
      item.fields.filter(({ only }) => !only || only(value)).map((each) => fieldNode(each, `${pointer}/${place}`)),
      edit.mayWrite ? button("remove", () => change(items.filter((_, other) => other !== place), add), { class: "button quiet", "aria-label": `${word("remove")}: ${word(item.item, place + 1)}` }) : null)),
    edit.mayWrite ? button("add", () => change([...items, {}], first), { id: add, "aria-label": `${word("add")}: ${word(item.item, items.length + 1)}` }) : null);
  }

  function fieldNode(item, base) {
    const pointer = `${base}/${item.name}`;
    if (item.type === "texts" || item.type === "long") return texts(item, pointer, item.type === "long");
    if (item.type === "kinds") return kinds(item, pointer);
    if (item.type === "list") return listNode(item, pointer);
    return field({ id: idOf(pointer), label: labelOf(item), help: helpOf(item), error: message(pointer), control: CONTROLS[item.type](item, pointer) });
  }

  const wrongIn = (fields) => edit.problems.filter(({ pointer }) => fields.some(({ name }) => isWithin(pointer, `/${name}`))).length;

  return SECTIONS.map(({ title, fields, open }) => el("details", { class: "part", "data-section": title, open: open || opened.has(title), ontoggle: (event) => (event.target.open ? opened.add(title) : opened.delete(title)) },
    el("summary", { class: "as-title", id: `section-${title}` }, word(title), wrongIn(fields) ? el("span", { class: "count error" }, word("to_mend", wrongIn(fields))) : null), fields.map((item) => fieldNode(item, ""))));
}

const opened = new Set(); // which sections stay open while the form is drawn again
