// What is missing, by name: fields of her form and documents of the call are picked, and the sentence that she reads is made of them until somebody writes another.
import { el, learn, word, wordIn } from "../page.js";
import { ask, field } from "../ui.js";
import { askable, nameIn, nameOf } from "../asked.js";
import { change } from "./session.js";
import { WORDS } from "./words-file.js";

learn(WORDS);

const TEXT_MAX = 1000, PICKED_MAX = 40;
const WRITTEN = { ar: "rtl", fr: "ltr" };
const COMMA = { ar: "، ", fr: ", ", en: ", " };

const sentence = (code, items) => (items.length ? wordIn(code, "complement_sentence", items.map((item) => nameIn(code, item)).join(COMMA[code])) : "");

export async function askComplement(file, call) {
  const picked = new Map();
  const written = new Set();
  const texts = Object.fromEntries(Object.entries(WRITTEN).map(([code, dir]) => [code, el("textarea", { rows: 3, dir, lang: code, maxlength: TEXT_MAX, oninput: () => written.add(code) })]));
  const items = () => [...picked.values()];

  function pick(item, wanted) {
    if (wanted) picked.set(item.pointer, item);
    else picked.delete(item.pointer);
    for (const [code, control] of Object.entries(texts)) if (!written.has(code)) control.value = sentence(code, items());
  }

  const box = (item) => field({ id: `ask${item.pointer.replaceAll("/", "-")}`, label: nameOf(item), control: el("input", { type: "checkbox", name: item.pointer, onchange: (event) => pick(item, event.target.checked) }) });
  const groups = askable(file.kind, call).map(({ heading, items: there }) => el("fieldset", { class: "field picks" }, el("legend", {}, word(heading)), there.map(box)));
  const fields = Object.entries(texts).map(([code, control]) => field({ id: `complement-${code}`, label: word(`text_${code}`), help: word("complement_help"), control }));
  const ready = () => picked.size <= PICKED_MAX && Object.values(texts).every(({ value }) => value.trim());
  if (!await ask(word("ask_complement"), "ask_complement", [el("p", { class: "note" }, word("complement_pick")), el("div", { class: "pick-groups" }, groups), ...fields], { ready, class: "roomy" })) return null;
  const text = { ar: texts.ar.value.trim(), fr: texts.fr.value.trim(), ...(written.size || !items().length ? {} : { en: sentence("en", items()) }) };
  return change(file, "information-request", { fields: [...picked.keys()], text });
}
