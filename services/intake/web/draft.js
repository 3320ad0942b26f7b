// A form that the service keeps: a draft that goes on on another phone, or an application that is amended. Opened by receipt and code.
import { basic, get, newKey, passing, send } from "./api.js";
import { answersOf } from "./form.js";

const headersOf = (file) => basic(file.receipt_number, file.secret_code);

// Sends the form under its key, twice if need be; resolves to {id, receipt_number, secret_code, version}. Where no answer comes, the next sending tells.
export async function save(file, { key, body }) {
  if (!file) {
    const { id, receipt_number, secret_code, version } = await send("/applications", { key, body, tries: 2 });
    return { id, receipt_number, secret_code, version };
  }
  const { version } = await send(`/applications/${file.id}`, { method: "PUT", key, version: file.version, body, headers: headersOf(file), tries: 2 });
  return { ...file, version };
}

// Makes the draft of this state, or replaces it. What has been sent stands in `state.unsure` until it is answered, and goes once more as it was before
// anything newer: else a lost answer would make a second draft, or her own change would look like somebody else's. `note` keeps the state.
export async function keepDraft(state, body, note) {
  const draft = { ...body, draft: true };
  const newest = JSON.stringify(draft);
  for (let sent = null; sent !== newest;) {
    state.unsure ??= { key: newKey(), body: draft };
    sent = JSON.stringify(state.unsure.body);
    note();
    try {
      state.file = await save(state.file, state.unsure);
    } catch (fault) {
      if (!passing(fault)) state.unsure = null;
      throw fault;
    }
    state.unsure = null;
  }
  state.mode = "draft";
  note();
}

// The state of the apply page for an application that exists.
export async function takeOver({ receipt_number, secret_code }, calls) {
  const headers = basic(receipt_number, secret_code);
  const file = await get(`/receipts/${encodeURIComponent(receipt_number)}`, headers);
  const body = await get(`/applications/${file.id}/form`, headers);
  return { ...answersOf(body, calls.find(({ id }) => id === body.call)), call: body.call, mode: file.state === "DRAFT" ? "draft" : "amend", file: { id: file.id, receipt_number: file.receipt_number, secret_code, version: file.version },
    asked: file.state === "INFO_REQUESTED" ? file.complement.fields : [] };
}
