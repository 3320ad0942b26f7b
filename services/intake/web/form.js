// The application form as a table: steps, and in each its fields by the JSON pointer that the API uses for the same thing. The page is drawn from it,
// the body is made from it, the API's errors find their field through it. A field's label is word(field.word), its help word(`help_${field.word}`).
import { today } from "./page.js";

const REQUIRED = true;

const text = (pointer, word, required, more = {}) => ({ pointer, word, required, type: "text", ...more });
const choice = (pointer, word, options, more = {}) => ({ pointer, word, required: REQUIRED, type: "select", options, ...more });
const whole = (pointer, word, required, more = {}) => ({ pointer, word, required, type: "number", check: "number", ...more });
const dirhams = (pointer, word, required) => ({ pointer, word, required, type: "number", check: "number", scale: 100 });
const box = (pointer, word) => ({ pointer, word, type: "checkbox" });

const names = (base) => [
  text(`${base}/name/ar`, "name_ar", REQUIRED, { dir: "rtl", lang: "ar" }),
  text(`${base}/name/latin`, "name_latin", REQUIRED, { dir: "ltr" }),
];
const IDENTITIES = [["cnie", "id_cnie"], ["residence-permit", "id_residence_permit"], ["passport", "id_passport"]];
const identity = (base) => [
  choice(`${base}/identity/type`, "identity_type", IDENTITIES, { initial: "cnie" }),
  text(`${base}/identity/number`, "cnie", REQUIRED, { dir: "ltr", caps: true, check: "cnie" }),
  { pointer: `${base}/birth_date`, word: "birth_date", required: REQUIRED, type: "date", check: "date" },
];

export const member = (place) => [...names(`/cooperative/members/${place}`), ...identity(`/cooperative/members/${place}`)];

const SECTORS = [["agrifood", "sector_agrifood"], ["crafts", "sector_crafts"], ["services", "sector_services"], ["commerce", "sector_commerce"], ["livestock", "sector_livestock"], ["digital", "sector_digital"]];
const STAGES = [["idea", "stage_idea"], ["started", "stage_started"], ["established", "stage_established"]];

const CHANNELS = [["office", "channel_office"], ["home-visit", "channel_home"], ["phone", "channel_phone"], ["caravan", "channel_caravan"]];

// How an agent came to enter it; not among a woman's own steps.
export const ASSISTANCE = [
  choice("/assistance/channel", "channel", CHANNELS),
  text("/assistance/place", "assisted_at", REQUIRED),
  text("/assistance/paper", "paper", false),
];

// The fields that the call adds, in its own words.
const EXTRA_TYPES = {
  text: { type: "text" }, integer: { type: "number", check: "number" }, money: { type: "number", check: "number", scale: 100 }, date: { type: "date", check: "date" }, choice: { type: "select" },
  "yes-no": { type: "radio", options: [["yes", "yes"], ["no", "no"]], truth: true },
};
const extraFields = (call, kind) => (call?.fields ?? []).filter(({ kinds }) => !kinds?.length || kinds.includes(kind)).map(({ id, type, label, help, required, choices }) => ({
  pointer: `/extra/${id}`, ...EXTRA_TYPES[type], ...(choices ? { options: choices.map((each) => [each.id, each.label]), texts: true } : {}), label, help, required }));

// `only`: of that kind of application. `consents` and `members`: the call's consents, the cooperative's members. `extra`: what the call adds. `review`: all answers before they go.
const STEPS = [
  { word: "start", consents: true, fields: [
    { pointer: "/kind", word: "kind", required: REQUIRED, type: "radio", options: [["person", "kind_person"], ["cooperative", "kind_cooperative"]] },
  ] },
  { word: "you", fields: [
    ...names("/applicant"),
    ...identity("/applicant"),
    { pointer: "/applicant/phone", word: "phone", required: REQUIRED, type: "tel", dir: "ltr", check: "phone" },
  ] },
  { word: "where", fields: [
    choice("/applicant/address/province", "province", "provinces"),
    text("/applicant/address/commune", "commune", REQUIRED),
    choice("/applicant/address/milieu", "milieu", [["urban", "urban"], ["rural", "rural"]]),
  ] },
  { word: "project", fields: [
    text("/project/title", "project_title", REQUIRED),
    choice("/project/sector", "sector", SECTORS),
    choice("/project/stage", "stage", STAGES),
    dirhams("/project/requested_centimes", "requested", REQUIRED),
    dirhams("/project/own_contribution_centimes", "contribution", REQUIRED),
    whole("/project/jobs", "jobs", REQUIRED),
  ] },
  { word: "situation", only: "person", fields: [
    whole("/situation/household_size", "household", REQUIRED),
    dirhams("/situation/monthly_income_centimes", "income", REQUIRED),
    box("/situation/head_of_household", "head"),
    box("/situation/disability", "disability"),
    whole("/situation/rsu_index", "rsu", false),
    text("/situation/auto_entrepreneur_number", "auto_entrepreneur_number", false, { dir: "ltr" }),
  ] },
  { word: "cooperative", only: "cooperative", members: true, fields: [
    text("/cooperative/name/ar", "coop_name_ar", REQUIRED, { dir: "rtl", lang: "ar" }),
    text("/cooperative/name/latin", "coop_name_latin", REQUIRED, { dir: "ltr" }),
    text("/cooperative/ice", "ice", false, { dir: "ltr", check: "ice" }),
  ] },
  { word: "extra", extra: true, fields: [] },
  { word: "review", review: true, fields: [] },
];

// The steps of this kind of application to this call.
export function stepsOf(answers, call) {
  const kind = answers["/kind"];
  return STEPS.filter((step) => !step.only || step.only === kind).map((step) => (step.extra ? { ...step, fields: extraFields(call, kind) } : step)).filter((step) => !step.extra || step.fields.length);
}

export const answerOf = (field, answers) => answers[field.pointer] ?? field.initial;

export const consentFields = (call) => (call?.consents ?? []).map((consent) => ({
  pointer: `/consents/${consent.purpose}`, type: "checkbox", required: consent.required ?? consent.purpose === "processing", consent }));

export const fieldsOf = (step, { members, call }) => [
  ...step.fields,
  ...(step.members ? Array.from({ length: members }, (_, i) => member(i + 1)).flat() : []),
  ...(step.consents ? consentFields(call) : []),
];

// People type ٠-٩ and ۰-۹ as well as 0-9, and a decimal comma.
export const foldDigits = (value) => value.replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660).replace(/[۰-۹]/g, (digit) => digit.charCodeAt(0) - 0x6f0);
export const numberOf = (raw) => Number(foldDigits(String(raw)).replace(/[\s\u00a0٬]/g, "").replace(/[,٫]/, "."));

// A date is kept as it is typed: "year-month-day", each part perhaps empty.
function dateOf(raw) {
  const [year, month, day] = foldDigits(raw).split("-").map((part) => part.trim());
  return /^\d{4}$/.test(year) && /^\d{1,2}$/.test(month) && /^\d{1,2}$/.test(day) ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : null;
}

function dateFault(text) {
  const date = new Date(`${text}T00:00:00Z`);
  if (text === null || Number.isNaN(date.valueOf()) || !date.toISOString().startsWith(text)) return "bad_date";
  return text <= today() ? null : "bad_future";
}

function numberFault(value) {
  if (!Number.isFinite(value)) return "bad_number";
  return value < 0 ? "bad_negative" : null;
}

const shaped = (key, pattern, read) => (raw) => (pattern.test(read(foldDigits(raw))) ? null : key);
const ungapped = (text) => text.replace(/[\s\u200e\u200f]/g, ""); // spaces, and the direction marks that come along with a copied number
const asNumber = (text) => ungapped(text).replaceAll(".", "").toUpperCase();

// What can be seen at once, so that she need not wait for a network to be told, in the service's own words. The service has the last one.
const CHECKS = {
  cnie: shaped("bad_cnie", /^[A-Z]{1,2}\d{4,8}$/, asNumber),
  paper: shaped("bad_paper", /^[A-Z0-9]{5,16}$/, asNumber),
  phone: shaped("bad_phone", /^((\+|00)?212)?0?[5-8]\d{8}$/, (text) => ungapped(text).replace(/[.()/-]/g, "")),
  ice: shaped("bad_ice", /^\d{15}$/, ungapped),
  number: (raw) => numberFault(numberOf(raw)),
  date: (raw) => dateFault(dateOf(raw)),
};

const blank = (field, raw) => raw == null || raw === "" || (field.type === "checkbox" && raw !== true) || (field.type === "date" && raw.replaceAll("-", "").trim() === "");

// A passport's number has another form than a national card's.
const checkOf = (field, answers) => (field.check === "cnie" && (answers[field.pointer.replace(/number$/, "type")] ?? "cnie") !== "cnie" ? "paper" : field.check);

// The key of what is wrong with the answer to a field, or null.
export function fault(field, answers) {
  const raw = answerOf(field, answers);
  if (blank(field, raw)) return field.required ? (field.consent ? "consent_missing" : "missing") : null;
  const check = checkOf(field, answers);
  return check ? CHECKS[check](raw) : null;
}

function put(body, pointer, value) {
  const parts = pointer.slice(1).split("/");
  let place = body;
  parts.forEach((part, depth) => {
    if (depth === parts.length - 1) place[part] = value;
    else place = place[part] ??= /^\d+$/.test(parts[depth + 1]) ? [] : {};
  });
}

const taken = (body, pointer) => pointer.slice(1).split("/").reduce((place, part) => place?.[part], body);

function valueOf(field, raw) {
  if (field.type === "checkbox") return raw === true;
  if (blank(field, raw)) return null;
  if (field.truth) return raw === "yes";
  if (field.type === "date") return dateOf(raw) ?? raw;
  if (field.type !== "number") return field.check === "ice" ? ungapped(foldDigits(raw)) : raw;
  const value = numberOf(raw);
  return Number.isNaN(value) ? raw : field.scale ? Math.round(value * field.scale) : value;
}

// What the API takes, from the answers {pointer: raw} to some fields.
export function bodyOf(fields, answers) {
  const body = {};
  for (const field of fields) put(body, field.pointer, valueOf(field, answerOf(field, answers)));
  return body;
}

// An application; `language` is the one in which the consents were read.
export function makeBody(answers, { call, members, language, assisted }) {
  const body = { call: call.id, ...bodyOf([...stepsOf(answers, call).flatMap(({ fields }) => fields), ...(assisted ? ASSISTANCE : [])], answers) };
  if (answers["/kind"] === "cooperative") addMembers(body, answers, members);
  body.consents = call.consents.map(({ purpose, version }) => ({ purpose, version, given: answers[`/consents/${purpose}`] === true, language }));
  return body;
}

// What a member has that the form does not ask for: it stays as it was.
const KEPT_OF_MEMBER = { role: "member", phone: null };
const ofMember = (place, name) => `/cooperative/members/${place}/${name}`;

// The applicant represents the cooperative: she is its first member.
function addMembers(body, answers, members) {
  const { name, identity: hers, birth_date, phone } = body.applicant;
  body.cooperative.members = [{ name, identity: hers, birth_date, phone, role: answers[ofMember(0, "role")] ?? "president" }];
  for (let place = 1; place <= members; place++) {
    for (const field of member(place)) put(body, field.pointer, valueOf(field, answerOf(field, answers)));
    for (const [name, otherwise] of Object.entries(KEPT_OF_MEMBER)) put(body, ofMember(place, name), answers[ofMember(place, name)] ?? otherwise);
  }
}

// Takes out one member of the form; those after her move up.
export function dropMember(state, gone) {
  const names = [...member(1).map(({ pointer }) => pointer.slice(ofMember(1, "").length)), ...Object.keys(KEPT_OF_MEMBER)];
  for (let place = gone; place <= state.members; place++) {
    for (const name of names) {
      const next = state.answers[ofMember(place + 1, name)];
      if (place < state.members && next !== undefined) state.answers[ofMember(place, name)] = next;
      else delete state.answers[ofMember(place, name)];
    }
  }
  state.members--;
}

function rawOf(field, value) {
  if (value == null) return field.type === "checkbox" ? false : "";
  if (field.truth) return value ? "yes" : "no";
  return field.type === "number" && typeof value === "number" ? String(field.scale ? value / field.scale : value) : value;
}

// The other way round: answers and number of further members from a form that the API gives back.
export function answersOf(body, call) {
  const answers = { "/kind": body.kind };
  const isHers = ({ identity: theirs }) => theirs?.number === body.applicant?.identity?.number;
  const everybody = body.cooperative?.members ?? [];
  const others = everybody.filter((each) => !isHers(each));
  const shown = { ...body, cooperative: body.cooperative && { ...body.cooperative, members: [null, ...others] } };
  const fields = [...stepsOf(answers, call).flatMap((step) => step.fields), ...others.flatMap((_, i) => member(i + 1))];
  for (const field of fields) answers[field.pointer] = rawOf(field, taken(shown, field.pointer));
  for (const [place, each] of [everybody.find(isHers), ...others].entries()) {
    for (const name of Object.keys(KEPT_OF_MEMBER)) if (each?.[name] != null) answers[ofMember(place, name)] = each[name];
  }
  for (const { purpose, given } of body.consents ?? []) answers[`/consents/${purpose}`] = given;
  return { answers, members: others.length };
}

// The field of a pointer that the API names: the first member is the applicant, consents are named by their purpose here.
export function fieldPointer(pointer, call) {
  return pointer.replace(/^\/cooperative\/members\/0\//, "/applicant/")
    .replace(/^\/consents\/(\d+).*$/, (_, place) => `/consents/${call.consents[place]?.purpose}`).replace(/^\/consents$/, "/consents/processing");
}
