// The application form as a table: steps, and in each its fields by the JSON pointer that the API uses for the same thing. The page is drawn from it,
// the body is made from it, and the API's errors find their field through it.
const REQUIRED = true;

const text = (pointer, word, required, more = {}) => ({ pointer, word, required, type: "text", ...more });
const choice = (pointer, word, options, more = {}) => ({ pointer, word, required: REQUIRED, type: "select", options, ...more });
const whole = (pointer, word, required, more = {}) => ({ pointer, word, required, type: "number", ...more });
const dirhams = (pointer, word, required) => ({ pointer, word, required, type: "number", scale: 100 });

export const PROVINCES = ["MA-FES", "MA-MEK", "MA-BOM", "MA-HAJ", "MA-IFR", "MA-MOU", "MA-SEF", "MA-TAO", "MA-TAZ"];

const names = (base) => [
  text(`${base}/name/ar`, "name_ar", REQUIRED, { dir: "rtl", lang: "ar" }),
  text(`${base}/name/latin`, "name_latin", REQUIRED, { dir: "ltr" }),
];
const identity = (base) => [
  text(`${base}/identity/number`, "cnie", REQUIRED, { dir: "ltr", help: "cnie_help", caps: true }),
  { pointer: `${base}/birth_date`, word: "birth_date", required: REQUIRED, type: "date" },
];

export const member = (place) => [...names(`/cooperative/members/${place}`), ...identity(`/cooperative/members/${place}`)];

export const STEPS = [
  { word: "you", fields: [
    { pointer: "/kind", word: "kind", required: REQUIRED, type: "radio", options: [["person", "kind_person"], ["cooperative", "kind_cooperative"]] },
    ...names("/applicant"),
    ...identity("/applicant"),
    { pointer: "/applicant/phone", word: "phone", required: REQUIRED, type: "tel", dir: "ltr", help: "phone_help" },
  ] },
  { word: "where", fields: [
    choice("/applicant/address/province", "province", PROVINCES.map((code) => [code, code])),
    text("/applicant/address/commune", "commune", REQUIRED),
    choice("/applicant/address/milieu", "milieu", [["urban", "urban"], ["rural", "rural"]]),
  ] },
  { word: "project", fields: [
    text("/project/title", "project_title", REQUIRED),
    choice("/project/sector", "sector", ["agrifood", "crafts", "services", "commerce", "livestock", "digital"].map((code) => [code, `sector_${code}`])),
    choice("/project/stage", "stage", ["idea", "started", "established"].map((code) => [code, `stage_${code}`])),
    dirhams("/project/requested_centimes", "requested", REQUIRED),
    dirhams("/project/own_contribution_centimes", "contribution", REQUIRED),
    whole("/project/jobs", "jobs", REQUIRED),
  ] },
  { word: "situation", only: "person", fields: [
    whole("/situation/household_size", "household", REQUIRED),
    dirhams("/situation/monthly_income_centimes", "income", REQUIRED),
    { pointer: "/situation/head_of_household", word: "head", type: "checkbox" },
    { pointer: "/situation/disability", word: "disability", type: "checkbox" },
    whole("/situation/rsu_index", "rsu", false, { step: "0.01" }),
  ] },
  { word: "cooperative", only: "cooperative", members: true, fields: [
    text("/cooperative/name/ar", "coop_name_ar", REQUIRED, { dir: "rtl", lang: "ar" }),
    text("/cooperative/name/latin", "coop_name_latin", REQUIRED, { dir: "ltr" }),
    text("/cooperative/ice", "ice", false, { dir: "ltr" }),
  ] },
  { word: "consents", consents: true, fields: [] },
];

function put(body, pointer, value) {
  const parts = pointer.slice(1).split("/");
  let place = body;
  parts.forEach((part, depth) => {
    if (depth === parts.length - 1) place[part] = value;
    else place = place[part] ??= /^\d+$/.test(parts[depth + 1]) ? [] : {};
  });
}

const foldDigits = (value) => value.replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660).replace(/[۰-۹]/g, (digit) => digit.charCodeAt(0) - 0x6f0);

function valueOf(field, raw) {
  if (field.type === "checkbox") return raw === true;
  if (raw == null || raw === "") return null;
  if (field.type !== "number") return raw;
  const value = Number(foldDigits(String(raw)).replace(/[\s\u00a0]/g, "").replace(/[,٫]/, "."));
  return Number.isNaN(value) ? raw : field.scale ? Math.round(value * field.scale) : value;
}

// The request body from the answers {pointer: raw}; `language` is the one in which the consents were read.
export function makeBody(answers, { call, consents, members, language }) {
  const body = { call };
  const kind = answers["/kind"] ?? "person";
  for (const step of STEPS.filter((each) => !each.only || each.only === kind))
    for (const field of step.fields) put(body, field.pointer, valueOf(field, answers[field.pointer]));
  put(body, "/applicant/identity/type", "cnie");
  if (kind === "cooperative") addMembers(body, answers, members);
  else body.situation.auto_entrepreneur_number = null;
  body.consents = consents.map(({ purpose, version }) => ({ purpose, version, given: answers[`/consents/${purpose}`] === true, language }));
  return body;
}

// The applicant represents the cooperative: she is its first member.
function addMembers(body, answers, members) {
  const { name, identity: hers, birth_date, phone } = body.applicant;
  body.cooperative.members = [{ name, identity: hers, birth_date, phone, role: "president" }];
  for (let place = 1; place <= members; place++) {
    for (const field of member(place)) put(body, field.pointer, valueOf(field, answers[field.pointer]));
    Object.assign(body.cooperative.members[place], { phone: null, role: "member" });
    body.cooperative.members[place].identity.type = "cnie";
  }
}
