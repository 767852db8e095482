import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gateway } from '../e2e/envoy/gateway';

const ROOT = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');
const blocks = (path: string, language: string): readonly string[] =>
  [...read(path).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);

/** Indentation apart, which a document does not share with the function that its snippet stands in. */
const lines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');

const holds = (whole: unknown, part: unknown): boolean => {
  if (JSON.stringify(whole) === JSON.stringify(part)) return true;
  return typeof whole === 'object' && whole !== null && Object.values(whole).some((inner) => holds(inner, part));
};

describe('snippets of the documents', () => {
  const examples = lines(read('test/e2e/examples/sdk-examples.ts'));

  it.each([
    ['libs/sdk/README.md', 5],
    ['docs/how-to/use-the-sdk.md', 1],
  ])('%s: each stands, word by word, in an example that is compiled and run', (path, count) => {
    const found = blocks(path, 'ts');
    expect(found).toHaveLength(count);
    for (const snippet of found) expect(examples).toContain(lines(snippet));
  });

  it('docs/how-to/envoy.md: each is part of the configuration that the real Envoy of the tests gets', () => {
    const required = { 'openclaw.service': 'openai', 'openclaw.resource': 'gpt-4o', 'openclaw.action': 'chat' };
    const configuration = gateway('127.0.0.1:8080', [
      {
        name: 'main',
        validator: '127.0.0.1:7201',
        serviceToken: 'ocsv_...',
        filter: { status_on_error: { code: 503 } },
        routes: { '/': { ...required, 'openclaw.forwarded-hop': '1' } },
      },
    ]);
    const found = blocks('docs/how-to/envoy.md', 'json');
    expect(found).toHaveLength(2);
    for (const snippet of found) expect(holds(configuration, JSON.parse(snippet))).toBe(true);
  });
});
