import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from './planted-house';

const documents = globSync('{*.md,{docs,deploy,libs,apps,test}/**/*.md}', { cwd: ROOT })
  .filter((path) => !/(^|\/)(node_modules|dist|golden)\//.test(path))
  .map((path): [string, string] => [path, readFileSync(join(ROOT, path), 'utf8')]);
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const every = (pattern: RegExp, text: string): readonly string[] =>
  [...text.matchAll(pattern)].map((found) => found[1] ?? '');

/** What is compiled into this program; a program that is not compiled is its own source. */
const sourceOf = (program: string): string =>
  program.replace(/^test\/dist\/(.*)\.js$/, 'test/$1.ts').replace(/^(apps\/\w+)\/dist\/(.*)\.js$/, '$1/src/$2.ts');

describe('the documents', () => {
  it.each(documents)('%s links only to what exists', (path, text) => {
    const links = every(/\]\(([^)#:]+)[^):]*\)/g, text).map((link) => join(ROOT, dirname(path), link));
    expect(links.filter((target) => !existsSync(target)).map((target) => relative(ROOT, target))).toEqual([]);
  });

  it.each(documents)('%s names only files that exist', (_path, text) => {
    const named = every(/`((?:apps|libs|test|deploy|docs|\.config|\.ci)\/[^\s`<*{]*)`/g, text);
    expect(named.filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });

  it.each(documents)('%s names only commands that exist', (_path, text) => {
    const commands = every(/\bnpm run (?:--silent )?([a-z:-]+)/g, text);
    expect(commands.filter((command) => !(command in manifest.scripts))).toEqual([]);
  });

  it.each(Object.entries(manifest.scripts))(
    'may name the command %s, which starts a program that exists',
    (_name, command) => {
      const sources = every(/\bnode (\S+\.[cm]?js)\b/g, command).map(sourceOf);
      expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    },
  );
});
