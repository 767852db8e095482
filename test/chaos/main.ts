import { experiments } from './experiments';
import { judgeExperiment } from './judge-experiment';

/** `npm run chaos -- <n> [--seed S] [--short]`: the long form of a fault experiment; the last line is its verdict. */
const main = async (): Promise<void> => {
  const [number, ...rest] = process.argv.slice(2);
  const experiment = experiments.find((one) => String(one.number) === number);
  if (experiment === undefined) {
    console.log('usage: npm run chaos -- <n> [--seed S] [--short], where <n> is one of');
    for (const one of experiments) console.log(`  ${String(one.number).padStart(2)}  ${one.title}`);
    console.log(JSON.stringify({ experiment: number ?? null, pass: false, reason: 'no such experiment' }));
    process.exitCode = 2;
    return;
  }
  const given = rest.indexOf('--seed');
  const seed = given >= 0 ? Number(rest[given + 1]) : Math.floor(Math.random() * 2 ** 31);
  const size = rest.includes('--short') ? 'short' : 'long';
  const verdict = await judgeExperiment(experiment, { seed, size, note: (line) => console.log(line) });
  console.log(JSON.stringify(verdict));
  process.exitCode = verdict.pass ? 0 : 1;
};

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    console.log(JSON.stringify({ experiment: process.argv[2] ?? null, pass: false, reason: String(error) }));
    process.exit(1);
  },
);
