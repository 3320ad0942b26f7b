// A form that the service keeps: a draft that goes on on another phone, or an application that is amended. Opened by receipt and code.
import { basic, get, newKey, send } from "./api.js";
import { answersOf } from "./form.js";

const headersOf = (file) => basic(file.receipt_number, file.secret_code);

// Makes the draft, or replaces it; resolves to {id, receipt_number, secret_code, version}.
export async function keepDraft({ file }, body) {
  const draft = { ...body, draft: true };
  if (!file) {
    const { id, receipt_number, secret_code, version } = await send("/applications", { key: newKey(), body: draft });
    return { id, receipt_number, secret_code, version };
  }
  const { version } = await send(`/applications/${file.id}`, { method: "PUT", version: file.version, body: draft, headers: headersOf(file) });
  return { ...file, version };
}

// The state of the apply page for an application that exists.
export async function takeOver({ receipt_number, secret_code }, calls) {
  const headers = basic(receipt_number, secret_code);
  const file = await get(`/receipts/${encodeURIComponent(receipt_number)}`, headers);
  const body = await get(`/applications/${file.id}/form`, headers);
  return { ...answersOf(body, calls.find(({ id }) => id === body.call)), call: body.call, mode: file.state === "DRAFT" ? "draft" : "amend", file: { id: file.id, receipt_number: file.receipt_number, secret_code, version: file.version },
    asked: file.state === "INFO_REQUESTED" ? file.complement.fields : [] };
}
