// Morocco's clock. Browsers have tables of their own, and an old one is wrong by an hour: UTC+1 ended on 20 September 2026. So the pages count as the services do:
// the table is common/base/casablanca.c's, from 2020 on (tests/contract/clock_test.py compares them).

const HOUR_MS = 3600000;
const UTC_FOR_GOOD = Date.parse("2026-09-20T01:00Z");
// The Ramadans in which Morocco's clocks showed UTC; at other times before that day they showed UTC+1.
const UTC_SPANS = [
  ["2020-04-19", "2020-05-31"], ["2021-04-11", "2021-05-16"], ["2022-03-27", "2022-05-08"], ["2023-03-19", "2023-04-23"],
  ["2024-03-10", "2024-04-14"], ["2025-02-23", "2025-04-06"], ["2026-02-15", "2026-03-22"],
].map((days) => days.map((day) => Date.parse(`${day}T02:00Z`)));

// at: anything that Date takes. How far Morocco's clocks are ahead of UTC then.
function aheadMs(at) {
  const ms = Number(at);
  return ms >= UTC_FOR_GOOD || UTC_SPANS.some(([from, to]) => ms >= from && ms < to) ? 0 : HOUR_MS;
}

// The Date whose UTC fields are what Morocco's clocks show at `at`.
export const wall = (at) => { const date = new Date(at); return new Date(date.getTime() + aheadMs(date)); };

// The moment at which they show the fields of `text`, YYYY-MM-DDTHH:MM; NaN when it is none.
export function unwall(text) {
  const shown = Date.parse(`${text}Z`);
  return shown - aheadMs(shown - aheadMs(shown));
}
