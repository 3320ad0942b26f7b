// The two numbers that a woman must not lose: shown large; to print, to share, to copy, to keep as a file; and her receipt as a PDF.
import { el, lastDay, word } from "./page.js";
import { basic, Problem, request } from "./api.js";
import { button, buttons, facts, saveFile, toast } from "./ui.js";

const asText = (filed) => [word("programme"), `${word("receipt")}: ${filed.receipt_number}`, `${word("code")}: ${filed.secret_code}`,
  filed.answer_due_at ? `${word("answer_due")}: ${lastDay(filed.answer_due_at)}` : "", `${location.origin}/status`].filter(Boolean).join("\n");

async function share(filed) {
  const text = asText(filed);
  try {
    if (navigator.share) await navigator.share({ text });
    else { await navigator.clipboard.writeText(text); toast(word("copied")); }
  } catch { /* she closed the sheet, or the browser forbids it: the numbers are on the screen */ }
}

const save = (filed) => saveFile(new Blob([asText(filed)], { type: "text/plain;charset=utf-8" }), `jisr-${filed.receipt_number}.txt`);

// The receipt as a PDF needs the credential, so it is fetched and then kept as a file.
export async function savePdf({ id, receipt_number }, headers) {
  try {
    const answer = await request("GET", `/applications/${id}/receipt.pdf`, { headers, accept: "application/pdf" });
    saveFile(await answer.blob(), `jisr-${receipt_number}.pdf`);
  } catch (fault) {
    toast(fault instanceof Problem ? fault.message : word("unreachable"), "warn");
  }
}

export const numbers = (filed) => facts([
  [word("receipt"), el("span", { id: "receipt-number", dir: "ltr" }, filed.receipt_number)],
  [word("code"), el("span", { id: "secret-code", dir: "ltr" }, filed.secret_code)],
  [word("answer_due"), filed.answer_due_at ? lastDay(filed.answer_due_at) : null],
], { class: "numbers" });

export const keeping = (filed) => buttons(button("print", () => print()), button(navigator.share ? "share" : "copy", () => share(filed)), button("save_file", () => save(filed)),
  filed.submitted_at ? button("receipt_pdf", () => savePdf(filed, basic(filed.receipt_number, filed.secret_code)), { id: "receipt_pdf" }) : null);
