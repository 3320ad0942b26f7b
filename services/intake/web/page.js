// What every page shares: the language (Arabic first, right to left), texts by data-word, numbers and dates, small elements.
import { wall } from "./clock.js";
import { LANGUAGES, WORDS } from "./words.js";

const STORE = "jisr-language";
const LOCALES = { ar: "ar-MA-u-nu-latn", fr: "fr-FR", en: "en-GB" };

export let language = document.documentElement.lang; // early.js has chosen it

// A page's own texts, beside those that all pages have.
export const learn = (words) => Object.assign(WORDS, words);

// No line may break within a number, nor before the signs that French puts a space before.
const bound = (text) => text.replace(/(\d) (?=\d{3}(?!\d))/g, "$1\u00a0");
export const typeset = (text) => bound(language === "fr" ? text.replace(/ (?=[;:?!»%])|(?<=«) /g, "\u00a0") : text);

const filled = (text, values) => values.reduce((done, value, place) => done.replace(`{${place}}`, value), text);

export const word = (key, ...values) => filled(typeset(WORDS[key]?.[LANGUAGES.indexOf(language)] ?? key), values);

// A text that depends on a count, which is its {0}: its forms stand one after the other, "none|one|more"; Arabic has six.
const FORMS = { ar: ["zero", "one", "two", "few", "many", "other"], fr: ["zero", "one", "other"], en: ["zero", "one", "other"] };
export function counted(key, count, ...values) {
  const forms = word(key).split("|");
  const form = FORMS[language].indexOf(count === 0 ? "zero" : new Intl.PluralRules(language).select(count));
  return filled(forms.at(form), [number(count), ...values]); // at(-1): a form that the language has for millions alone
}

// The same in another language than the page's.
export const wordIn = (code, key, ...values) => filled(WORDS[key]?.[LANGUAGES.indexOf(code)] ?? key, values);

export const has = (key) => key in WORDS;

// A text that an answer brings in three languages.
export const said = (texts) => typeset(texts?.[language] || texts?.ar || texts?.fr || texts?.en || "");

export const stateName = (state) => (has(`state_${state}`) ? word(`state_${state}`) : state);
export const placeName = (code) => (has(code) ? word(code) : code);
// The province of a call's quota: our own name for it, or the call's.
export const quotaName = ({ province, name }) => (has(province) ? word(province) : said(name) || province);

export const number = (value, style) => new Intl.NumberFormat(language === "en" ? "en" : "fr-FR", style).format(value).replaceAll("\u202f", "\u00a0");
export const money = (centimes) => word("dirhams", number(centimes / 100, { minimumFractionDigits: centimes % 100 ? 2 : 0 }));

// The first of a month is an ordinal in French, which Intl does not know.
const ordinal = (text) => (language === "fr" ? text.replace(/^1 (?=\p{L})/u, "1er ") : text);
const shown = (text, style) => ordinal(new Intl.DateTimeFormat(LOCALES[language], { ...style, timeZone: "UTC" }).format(wall(text)));
// The day that it is in Morocco, YYYY-MM-DD.
export const today = () => wall(Date.now()).toISOString().slice(0, 10);
export const day = (text) => shown(text, { dateStyle: "long" });
// A deadline is the midnight that ends a day: what is read is that day, as on the receipt.
export const lastDay = (text) => day(Date.parse(text) - 1);
export const shortDay = (text) => shown(text, { day: "numeric", month: "short" });
// The month by its name: in figures alone an Arabic day is turned around beside a birth date.
export const moment = (text) => shown(text, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

const make = (node, properties, children) => {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
};

// el("p", {class: "x", onclick: f}, "text", child …); lists of children are flattened, null and false left out.
export const el = (tag, properties = {}, ...children) => make(document.createElement(tag), properties, children);
export const svg = (tag, properties = {}, ...children) => make(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);

export const byId = (id) => document.getElementById(id);

function translate() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
  for (const node of document.querySelectorAll("[data-lang]")) node.setAttribute("aria-pressed", String(node.dataset.lang === language));
  const title = document.querySelector("title");
  title.textContent = `${word(title.dataset.word)} — ${word("programme")}`;
  document.documentElement.classList.remove("unseen");
}

// Calls draw() now and after each change of language.
export function page(draw = () => {}) {
  const show = () => { translate(); draw(); };
  for (const node of document.querySelectorAll("[data-lang]")) {
    node.addEventListener("click", () => {
      language = node.dataset.lang;
      try { localStorage.setItem(STORE, language); } catch { /* a private window keeps nothing */ }
      show();
    });
  }
  show();
  navigator.serviceWorker?.register("/sw.js").catch(() => { /* the pages work without it, while there is a network */ });
}
