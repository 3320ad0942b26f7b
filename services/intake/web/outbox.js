// What is on its way to the service: kept (sealed) before it is sent, sent when there is a network, with the same Idempotency-Key each time, so never twice.
// An item: {key, kind: "new" | "draft" | "amend", at, body, state, file?: {id, receipt_number, secret_code, version}, unsure?, errors?, status?}. "draft":
// replaced, then submitted, after a save of it that has no answer yet. `state` is the form that it was made from; a refused item waits with its errors until
// she opens it again.
import { basic, passing, Problem, send } from "./api.js";
import { save } from "./draft.js";
import { forget, keep, recall, recallAll } from "./kept.js";

const nameOf = (key) => `outbox/${key}`;

export const put = (item) => keep(nameOf(item.key), item);
export const drop = (item) => forget(nameOf(item.key));
export const waiting = async () => (await recallAll("outbox/")).sort((a, b) => a.at - b.at);

// How far it has come is noted in the item: what follows a refusal goes on from there.
async function deliver(item, again) {
  const { key, kind, body } = item;
  if (kind === "new") return send("/applications", { key, body, again });
  if (item.unsure) {
    item.file = await save(item.file, item.unsure);
    item.unsure = null;
  }
  const path = `/applications/${item.file.id}`;
  const headers = basic(item.file.receipt_number, item.file.secret_code);
  const changed = await send(path, { method: "PUT", key: `${key}-form`, version: item.file.version, body, headers, again });
  item.file = { ...item.file, version: changed.version };
  return { ...item.file, ...(kind === "draft" ? await send(`${path}/submission`, { key, headers, again }) : changed) };
}

const underWay = new Set(); // what this page sends just now: a flush beside it would keep a refused item that the form has taken back

// Sends one item: {answer} when it arrived, {status, errors} when it was refused (and would be again), {later: true} when the network failed.
export async function attempt(item, again = () => {}) {
  underWay.add(item.key);
  try {
    const answer = await deliver(item, again);
    await drop(item);
    return { answer };
  } catch (fault) {
    if (passing(fault)) return { later: true };
    if (!(fault instanceof Problem)) throw fault;
    await put({ ...item, status: fault.status, errors: fault.errors });
    return { status: fault.status, errors: fault.errors };
  } finally {
    underWay.delete(item.key);
  }
}

// Receipts that came in without anybody looking are kept until she has noted them.
export const keepReceipt = (receipt) => keep(`receipt/${receipt.receipt_number}`, receipt);
export const receipts = () => recallAll("receipt/");
export const noted = (receipt) => forget(`receipt/${receipt.receipt_number}`);

// One tab at a time, where the browser can say so; two would do no harm, for the key is the same.
export async function flush(told) {
  const work = async () => {
    for (const { key } of await waiting()) {
      const item = await recall(nameOf(key)); // as it is when its turn comes
      if (item && !item.errors && !underWay.has(key)) told(item, await attempt(item));
    }
  };
  return navigator.locks ? navigator.locks.request("jisr-outbox", { ifAvailable: true }, (lock) => lock && work()) : work();
}
