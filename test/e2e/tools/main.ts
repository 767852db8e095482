import { GO_TOOLS, buildGoTool } from './go-tools';
import { bringNpmJudges } from './npm-judges';
import { makePython } from './python';

/** `npm run judges`: brings the clients that we did not write, into the cache. Exit code 1 when one cannot be had. */
const problems = [...GO_TOOLS.map(buildGoTool), makePython(), bringNpmJudges()].filter(
  (problem) => problem !== undefined,
);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'every judge is here' : 'specs with a missing judge are skipped, by name');
process.exitCode = problems.length === 0 ? 0 : 1;
