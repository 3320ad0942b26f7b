// What stays on this phone while there is no network: in IndexedDB, sealed (AES-GCM) under a key that can be used here but not read out. Where a browser
// lacks either, it stays in this page's memory. Names are plain, so they hold nothing about anybody.
const memory = new Map();
let opened = null;

const asked = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = () => fail(request.error); });

function database() {
  opened ??= (() => {
    const request = indexedDB.open("jisr", 1);
    request.onupgradeneeded = () => { request.result.createObjectStore("keys"); request.result.createObjectStore("kept"); };
    return asked(request);
  })();
  return opened;
}

const store = async (name, mode) => (await database()).transaction(name, mode).objectStore(name);

async function sealingKey() {
  const there = await asked((await store("keys", "readonly")).get("seal"));
  if (there) return there;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  try {
    await asked((await store("keys", "readwrite")).add(made, "seal"));
    return made;
  } catch {
    return asked((await store("keys", "readonly")).get("seal")); // another tab was first
  }
}

const place = (name, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) });

export async function keep(name, value) {
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(place(name, iv), await sealingKey(), new TextEncoder().encode(JSON.stringify(value)));
    await asked((await store("kept", "readwrite")).put({ iv, data }, name));
    memory.delete(name);
  } catch {
    memory.set(name, structuredClone(value));
  }
}

// null when there is nothing, or nothing that this browser can open.
export async function recall(name) {
  if (memory.has(name)) return memory.get(name);
  try {
    const sealed = await asked((await store("kept", "readonly")).get(name));
    return sealed ? JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(place(name, sealed.iv), await sealingKey(), sealed.data))) : null;
  } catch {
    return null;
  }
}

export async function forget(name) {
  memory.delete(name);
  try { await asked((await store("kept", "readwrite")).delete(name)); } catch { /* it was in memory only */ }
}

// All values whose names begin so.
export async function recallAll(prefix) {
  let names = [];
  try { names = await asked((await store("kept", "readonly")).getAllKeys()); } catch { /* memory only */ }
  const all = [...new Set([...names, ...memory.keys()])].filter((name) => name.startsWith(prefix));
  return (await Promise.all(all.map(recall))).filter(Boolean);
}
