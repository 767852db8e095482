import { plantHouse, ROOT } from './planted-house';

interface LintedFile {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

/** File -> what it holds and the one rule that has to refuse it; `undefined` = nothing may. */
const PLANTS: Readonly<Record<string, readonly [code: string, rule: string | undefined]>> = {
  'libs/domain/src/pure.ts': ['export const later = (nowMs: number): number => nowMs + 1;', undefined],
  'libs/domain/src/date-now.ts': ['export const now = (): number => Date.now();', 'no-restricted-globals'],
  'libs/domain/src/new-date.ts': ['export const now = (): object => new Date();', 'no-restricted-globals'],
  'libs/domain/src/math-random.ts': ['export const id = (): number => Math.random();', 'no-restricted-properties'],
  'libs/domain/src/process.ts': ['export const name: unknown = process;', 'no-restricted-globals'],
  'libs/domain/src/set-timeout.ts': ['export const f: unknown = setTimeout;', 'no-restricted-globals'],
  'libs/domain/src/global-this.ts': ['export const f: unknown = globalThis;', 'no-restricted-globals'],
  'libs/domain/src/node-import.ts': ["import 'node:crypto';", 'no-restricted-imports'],
  'libs/domain/src/npm-import.ts': ["import 'zod';", 'no-restricted-imports'],
  'libs/domain/src/room-import.ts': ["import '@openclaw/event-log';", 'no-restricted-imports'],
  'libs/platform/src/clock.ts': ['export const now = (): number => Date.now();', undefined],
  'libs/platform/src/driver.spec.ts': ["import 'pg';", 'no-restricted-imports'],
  'libs/platform/src/container.spec.ts': ["import '@testcontainers/kafka';", 'no-restricted-imports'],
  'libs/platform/src/broker.property.spec.ts': ["import 'kafkajs';", 'no-restricted-imports'],
  'libs/platform/src/driver.int-spec.ts': ["import 'pg';", undefined],
  'libs/platform/src/any.ts': ['export const f = (x: any): unknown => x;', '@typescript-eslint/no-explicit-any'],
  'libs/platform/src/bang.ts': [
    'export const f = (x?: string): string => x!;',
    '@typescript-eslint/no-non-null-assertion',
  ],
  'libs/platform/src/as.ts': [
    "export const f = (x: string): 'a' => x as 'a';",
    '@typescript-eslint/no-unsafe-type-assertion',
  ],
  'libs/platform/src/line.parser.ts': ["export const f = (x: string): 'a' => x as 'a';", undefined],
  'libs/platform/src/floating.ts': [
    'const g = async (): Promise<void> => {};\nexport const f = (): void => {\n  g();\n};',
    '@typescript-eslint/no-floating-promises',
  ],
  'libs/platform/src/forgotten.ts': [
    "export const f = (x: 'a' | 'b'): void => {\n  switch (x) {\n    case 'a':\n      break;\n  }\n};",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  'libs/platform/src/long.ts': ['// a line\n'.repeat(301), 'max-lines'],
  'libs/platform/src/long.spec.ts': ['// a line\n'.repeat(301), undefined],
  'libs/platform/src/many.ts': [
    'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): unknown => [a, b, c, d, e];',
    'max-params',
  ],
  'libs/platform/src/deep.ts': [
    'export const f = (x: boolean): void => {\n  if (x) if (x) if (x) if (x) f(x);\n};',
    'max-depth',
  ],
  'libs/platform/src/tall.ts': [`export const f = (): void => {\n${'  f();\n'.repeat(50)}};`, 'max-lines-per-function'],
  'libs/platform/src/knotted.ts': [`export const f = (x: number): number => x${' || x'.repeat(10)};`, 'complexity'],
};

describe('the lint rules', () => {
  const fired = new Map<string, readonly string[]>();
  beforeAll(async () => {
    const house = await plantHouse(
      Object.fromEntries(Object.entries(PLANTS).map(([file, [code]]) => [file, `${code}\n`])),
    );
    try {
      const config = ['--config', `${ROOT}/.config/eslint.config.mjs`, '--format', 'json'];
      const answer = JSON.parse(await house.run('eslint/bin/eslint.js', [...config, 'libs'])) as readonly LintedFile[];
      for (const { filePath, messages } of answer) {
        const file = filePath.slice(filePath.indexOf('/libs/') + 1);
        fired.set(file, [...new Set(messages.map(({ ruleId, message }) => ruleId ?? message))]);
      }
    } finally {
      await house.remove();
    }
  }, 60_000);

  it.each(Object.entries(PLANTS).filter(([, [, rule]]) => rule !== undefined))('refuse %s', (file, [, rule]) => {
    expect(fired.get(file)).toEqual([rule]);
  });

  it.each(Object.entries(PLANTS).filter(([, [, rule]]) => rule === undefined))('have nothing against %s', (file) => {
    expect(fired.get(file)).toEqual([]);
  });
});
