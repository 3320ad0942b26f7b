// What may be asked of her, and what she is asked to complete, by name: fields of her form and documents of the call, each by the pointer of an information request
// (documents as /documents/TYPE, the members of a cooperative as one).
import { el, learn, said, word, wordIn } from "./page.js";
import { stepsOf } from "./form.js";
import { WORDS } from "./words-apply.js";

learn(WORDS);

const MEMBERS = { pointer: "/cooperative/members", word: "members" };
const DOCUMENTS = "/documents/";

export const documentOf = (pointer) => (pointer.startsWith(DOCUMENTS) ? pointer.slice(DOCUMENTS.length) : null);

// [{heading, items: [{pointer, word} or {pointer, label}]}, …] of a call for one kind of application. A label is the call's own text.
export function askable(kind, call) {
  const steps = stepsOf({ "/kind": kind }, call).filter(({ review, consents }) => !review && !consents);
  const papers = call.documents.filter(({ kinds }) => !kinds?.length || kinds.includes(kind)).map(({ id, title }) => ({ pointer: `${DOCUMENTS}${id}`, label: title }));
  return [...steps.map((step) => ({ heading: step.word, items: [...step.fields, ...(step.members ? [MEMBERS] : [])] })), { heading: "documents", items: papers }].filter(({ items }) => items.length);
}

export const nameOf = (item) => (item.label ? said(item.label) : word(item.word));
export const nameIn = (code, item) => (item.label ? item.label[code] || said(item.label) : wordIn(code, item.word));

// The items of some pointers; one that the form does not know is told as it is.
export function itemsOf(pointers, kind, call) {
  const known = new Map(askable(kind, call).flatMap(({ items }) => items).map((item) => [item.pointer, item]));
  return pointers.map((pointer) => known.get(pointer) ?? { pointer, label: { ar: pointer, fr: pointer, en: pointer } });
}

// Each leads to where it is completed: act(item).
export const askedList = (items, act) => el("ul", { class: "asked" }, items.map((item) => el("li", {}, el("button", { type: "button", class: "link", "data-asked": item.pointer, onclick: () => act(item) }, nameOf(item)))));
