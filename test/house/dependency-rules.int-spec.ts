import { plantHouse, type Files } from './planted-house';
import { PLANTS, SOUND_HOUSE } from './planted-imports';

interface Cruise {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

/** Runs the house's own dependency rules over a planted house. */
const cruise = async (files: Files): Promise<Cruise['summary']> => {
  const house = await plantHouse(files);
  try {
    const rules = ['--config', '.config/dependency-cruiser.cjs', '--output-type', 'json'];
    const answer = await house.run('dependency-cruiser/bin/dependency-cruise.mjs', [...rules, 'apps', 'libs']);
    return (JSON.parse(answer) as Cruise).summary;
  } finally {
    await house.remove();
  }
};

const planted: Files = Object.fromEntries(
  PLANTS.map(({ from, imports }) => [from, `${imports && `import '${imports}';\n`}export const planted = 1;\n`]),
);
const needed: Files = Object.assign({}, ...PLANTS.map((plant) => plant.with ?? {})) as Files;

describe('the dependency rules', () => {
  let found: Cruise['summary'];
  beforeAll(async () => {
    found = await cruise({ ...SOUND_HOUSE, ...needed, ...planted });
  });

  it('are silent on a house in which every import is allowed', async () => {
    expect((await cruise(SOUND_HOUSE)).violations).toEqual([]);
  });

  it.each(PLANTS)('$from importing "$imports" is refused by $rules', ({ rules, from }) => {
    const fired = new Set(found.violations.filter((violation) => violation.from === from).map(({ rule }) => rule.name));
    expect([...fired].sort()).toEqual([...rules].sort());
  });

  it('each have a planted violation', () => {
    const shown = new Set(PLANTS.flatMap((plant) => plant.rules));
    expect(found.ruleSetUsed.forbidden.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});
