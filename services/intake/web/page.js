// What every page shares: the language (Arabic first, right to left), texts by data-word, small element and number helpers.
import { LANGUAGES, WORDS } from "./words.js";

const STORE = "jisr-language";

function chosen() {
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = (() => { try { return localStorage.getItem(STORE); } catch { return null; } })();
  return [asked, kept].find((code) => LANGUAGES.includes(code)) ?? "ar";
}

export let language = chosen();

export function word(key, ...values) {
  const text = WORDS[key]?.[LANGUAGES.indexOf(language)] ?? key;
  return values.reduce((done, value, place) => done.replace(`{${place}}`, value), text);
}

export const has = (key) => key in WORDS;

// A text that an answer brings in three languages.
export const said = (texts) => texts?.[language] || texts?.ar || texts?.fr || texts?.en || "";

export const number = (value) => new Intl.NumberFormat(language === "en" ? "en" : "fr-FR").format(value).replaceAll("\u202f", "\u00a0");

export function day(text) {
  const locale = { ar: "ar-MA-u-nu-latn", fr: "fr-FR", en: "en-GB" }[language];
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "Africa/Casablanca" }).format(new Date(text));
}

export function moment(text) {
  const locale = { ar: "ar-MA-u-nu-latn", fr: "fr-FR", en: "en-GB" }[language];
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: "Africa/Casablanca" }).format(new Date(text));
}

// el("p", {class: "x", onclick: f}, "text", child …)
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

export const byId = (id) => document.getElementById(id);

function translate() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-lang]")) node.setAttribute("aria-pressed", String(node.dataset.lang === language));
  const title = document.querySelector("title");
  title.textContent = `${word(title.dataset.word)} — ${word("programme")}`;
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
}
