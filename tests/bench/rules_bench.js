// The counterpart of rules_bench.c: the same ruleset, facts and trace with json-logic-js 2.0.5.
// Usage: node rules_bench.js RULESET FACTS SECONDS
'use strict';
const fs = require('fs');
const jsonLogic = require('json-logic-js');

const ruleset = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const facts = fs.readFileSync(process.argv[3], 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const seconds = Number(process.argv[4]);

function assess(data) {
  let score = 0;
  let eligible = true;
  const criteria = [];
  for (const criterion of ruleset.criteria) {
    if ('applies' in criterion && !jsonLogic.truthy(jsonLogic.apply(criterion.applies, data))) continue;
    const verdict = criterion.cases.find(one => jsonLogic.truthy(jsonLogic.apply(one.when, data)));
    const points = jsonLogic.apply(verdict.points, data);
    criteria.push({id: criterion.id, outcome: verdict.outcome, points, reason: verdict.reason});
    score += points;
    if (criterion.kind === 'required' && verdict.outcome !== 'MET') eligible = false;
  }
  return {criteria, score, eligible: eligible && score >= ruleset.threshold.minimum_score};
}

let done = 0;
let total = 0;
let eligible = 0;
const began = process.hrtime.bigint();
const ends = began + BigInt(Math.round(seconds * 1e9));
while (process.hrtime.bigint() < ends) {
  for (const data of facts) {
    const assessment = assess(data);
    total += assessment.score;
    eligible += assessment.eligible;
  }
  done += facts.length;
}
const took = Number(process.hrtime.bigint() - began) / 1e9;
console.log(JSON.stringify({
  evaluations_per_s: Math.round(done / took), evaluations: done, eligible_of_1000: Math.round(1000 * eligible / done), mean_score: total / done,
}));
