// Reads NDJSON {"rule":…,"data":…}, answers a line each with what json-logic-js 2.0.5 makes of it: {"result":…} or {"error":…}.
'use strict';
const jsonLogic = require(process.argv[2] || 'json-logic-js');
const lines = require('fs').readFileSync(0, 'utf8').split('\n');
console.log = () => {}; // the operator "log" prints
for (const line of lines) {
  if (!line.trim()) continue;
  let answer;
  try {
    const pair = JSON.parse(line);
    const result = jsonLogic.apply(pair.rule, pair.data);
    answer = {result: result === undefined ? null : result};
  } catch (error) {
    answer = {error: error.message};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
