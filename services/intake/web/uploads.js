// One file on its way over a link that breaks: small pieces, each begun where the service says that the last one ended (as tus 1.0 does it).
import { passing, pause, request } from "./api.js";

const KB = 1024;
const PIECE_BYTES = { least: 16 * KB, first: 64 * KB, most: 1024 * KB }; // the service keeps what arrives in steps of 16 kB
const QUICK_MS = 1500; // a piece that takes less may be followed by a larger one
const PIECE_PATIENCE_MS = 60000;
const REST_MAX_MS = 15000;
const EDGE_PIXELS = 2400; // more than that the service does not keep
const LIGHT_BYTES = 600 * KB;

export const FILE_BYTES_MAX = 10 * KB * KB;

const BYTES = { "Content-Type": "application/offset+octet-stream" };

// Until the next try: longer each time, and at once when the network is back.
const rest = (failures) => Promise.race([pause(Math.min(REST_MAX_MS, 400 * 2 ** failures)), new Promise((done) => { addEventListener("online", done, { once: true }); })]);

// Tries until there is an answer that is not the network's fault.
export async function insist(work, waiting = () => {}) {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (fault) {
      if (!passing(fault)) throw fault;
      waiting();
      await rest(failures);
    }
  }
}

async function reached(path, blob, headers) {
  const { offset, state } = await (await request("GET", `${path}/upload`, { headers })).json();
  return state === "UPLOADING" ? offset : blob.size;
}

async function sendPiece(path, bytes, offset, headers) {
  const answer = await request("PATCH", `${path}/upload`, { headers: { ...headers, ...BYTES, "Upload-Offset": String(offset) }, bytes, patience: PIECE_PATIENCE_MS });
  return Number(answer.headers.get("Upload-Offset"));
}

// Sends what the document at `path` still lacks. told(bytes): so many are there; told(null): waiting for the network. Rejects when the service refuses it.
export async function sendBytes(path, blob, { headers, told, stopped }) {
  let size = PIECE_BYTES.first;
  let offset = null;
  for (let failures = 0; offset !== blob.size && !stopped();) {
    try {
      offset ??= await reached(path, blob, headers);
      told(offset);
      if (offset === blob.size) return;
      const began = performance.now();
      offset = await sendPiece(path, blob.slice(offset, offset + size), offset, headers);
      if (performance.now() - began < QUICK_MS) size = Math.min(PIECE_BYTES.most, size * 2);
      failures = 0;
      told(offset);
    } catch (fault) {
      if (!passing(fault) && fault.status !== 409) throw fault; // 409: it is elsewhere than we thought
      offset = null;
      size = Math.max(PIECE_BYTES.least, size / 2);
      told(null);
      await rest(++failures);
    }
  }
}

// A photo no larger than what is kept of it: a tenth of the bytes for a slow link. What this browser can't draw goes as it is.
export async function lighten(file) {
  if (!file.type.startsWith("image/") || file.size <= LIGHT_BYTES) return file;
  try {
    const picture = await createImageBitmap(file);
    const share = Math.min(1, EDGE_PIXELS / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * share), height: Math.round(picture.height * share) });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const light = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
    return light && light.size < file.size ? light : file;
  } catch {
    return file;
  }
}

// The same bytes again? Then an upload that a closed page broke off may go on.
export async function digestOf(blob) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
