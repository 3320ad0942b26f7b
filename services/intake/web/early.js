// Before anything is painted: the language and its direction. The page arrives in Arabic; in another language it stays unseen until its texts are there
// (page.js), or a moment passes: nothing jumps. A language that the address asks for stays for the pages after it.
(() => {
  const LANGUAGES = ["ar", "fr", "en"];
  const UNSEEN_MS = 4000;
  const STORE = "jisr-language";
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = (() => { try { return localStorage.getItem(STORE); } catch { return null; } })();
  const language = [asked, kept].find((code) => LANGUAGES.includes(code)) ?? "ar";
  try { if (language === asked) localStorage.setItem(STORE, language); } catch { /* a private window keeps nothing */ }
  const root = document.documentElement;
  root.lang = language;
  root.dir = language === "ar" ? "rtl" : "ltr";
  if (language === "ar") return;
  root.classList.add("unseen");
  setTimeout(() => root.classList.remove("unseen"), UNSEEN_MS);
})();
