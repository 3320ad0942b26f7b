// The components that all pages are made of: fields, buttons, a timeline, a table with pages, a dialog that asks, a toast that tells.
import { byId, el, moment, said, stateName, word } from "./page.js";

// One thing at a time: what is pressed again while it is under way does nothing more. Not by `disabled`, which takes the focus away.
export function oneAtATime(act) {
  let under = false;
  return async (event) => {
    if (under) return null;
    under = true;
    try { return await act(event); } finally { under = false; }
  };
}

export const button = (key, onclick, more = {}) => el("button", { type: "button", class: "button", ...more, onclick: oneAtATime(onclick) }, word(key));
export const buttons = (...children) => el("p", { class: "buttons" }, ...children);

// [[term, description], …]: rows without a description are left out.
export const facts = (rows, properties = {}) => el("dl", properties, rows.filter(([, value]) => value != null && value !== "").map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));

// Never broken over two lines, never turned around.
export const receiptText = (receipt) => el("bdi", { dir: "ltr", class: "receipt-text" }, receipt);

export const stateChip = (state, more = {}) => el("span", { ...more, class: `state ${state} ${more.class ?? ""}`, "data-state": state }, stateName(state));

export const timeline = (history) => el("ol", { class: "timeline" }, history.map(({ state, at, why }) =>
  el("li", {}, el("b", {}, stateName(state)), el("time", { datetime: at }, moment(at)), said(why) ? el("span", {}, said(why)) : null)));

// A labelled field around its control: help below the label, the error below that, both named by aria-describedby.
export function field({ id, label, help, error, control, optional }) {
  const notes = [help && el("small", { id: `${id}-help` }, help), error && el("small", { id: `${id}-error`, class: "error" }, error)];
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  if (described) control.setAttribute("aria-describedby", described);
  if (error) control.setAttribute("aria-invalid", "true");
  control.id = id;
  const name = el("label", { for: id }, label, optional ? el("span", { class: "optional" }, ` ${word("optional")}`) : null);
  if (control.type === "checkbox") return el("div", { class: "field check" }, control, name, ...notes);
  return el("div", { class: "field" }, name, ...notes, control);
}

// `empty`: the text of no choice; null where there has to be one.
export const select = (options, value, properties = {}, empty = "choose") => el("select", properties,
  empty ? el("option", { value: "" }, word(empty)) : null, options.map(([code, text]) => el("option", { value: code, selected: value === code }, text)));

const whole = (cell) => (Array.isArray(cell) ? el("span", {}, cell) : cell); // of several parts: beside the column's name it is one

// columns: [[heading, row → cell], …]. A table that a phone shows as cards: each cell names its column.
export const table = (caption, columns, rows) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
  el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, columns.map(([heading]) => el("th", { scope: "col" }, heading)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, columns.map(([heading, cell], place) => el(place === 0 ? "th" : "td", place === 0 ? { scope: "row" } : { "data-heading": heading }, whole(cell(row)))))))));

export function toast(text, kind = "") {
  const node = el("p", { class: `toast ${kind}` }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 6000);
}

// A window over the page. answers: [[text, value], …], the last one the main one, which waits until ready() where that is given; resolves to the value of the button
// that closed it. Focus goes back to where it was.
export function dialog(title, children, answers, { ready, ...more } = {}) {
  return new Promise((answered) => {
    const before = document.activeElement;
    const main = answers.length - 1;
    const box = el("dialog", { ...more, "aria-labelledby": "dialog-title" }, el("h2", { id: "dialog-title" }, title), ...children,
      buttons(answers.map(([key, value], place) => button(key, () => box.close(value), value && place === main ? { class: "button primary", id: "ask-yes" } : {}))));
    if (ready) {
      const judge = () => { box.querySelector("#ask-yes").disabled = !ready(); };
      box.addEventListener("input", judge);
      judge();
    }
    box.addEventListener("close", () => { box.remove(); (byId(before.id) ?? before).focus(); answered(box.returnValue); });
    document.body.append(box);
    box.showModal();
    box.querySelector("[aria-invalid]")?.focus();
  });
}

// A question before what can't be undone: resolves to true or false.
export const ask = async (question, yes, details = [], more = {}) => await dialog(question, details, [["cancel", ""], [yes, "yes"]], more) === "yes";

// A button that picks files, in the page's language: the browser's own would be in the browser's.
export function filePick(id, key, { accept, multiple, picked }) {
  const input = el("input", { type: "file", class: "away", id, accept, multiple, onchange: () => picked([...input.files], input) });
  return el("label", { class: "button file" }, input, word(key));
}

// New content for a place that is on the screen: what had the focus, has it again; where that is gone, the place has it.
export function refill(place, children) {
  const focused = place.contains(document.activeElement) ? document.activeElement.id : null;
  place.replaceChildren(...children.filter(Boolean));
  if (focused !== null) (byId(focused) ?? place).focus({ preventScroll: true });
}

export function saveFile(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
