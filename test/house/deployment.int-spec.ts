import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const text = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const found = (file: string, what: RegExp): readonly string[] => [...new Set(text(file).match(what) ?? [])];
const apps = readdirSync(resolve(root, 'apps'));

/** Files that people run or deploy by, and that no compiler reads: what they name must be there. */
describe('what is deployed', () => {
  it('is every app: the Nest CLI knows each, by its own compiler settings', () => {
    const { projects } = JSON.parse(text('nest-cli.json')) as {
      readonly projects: Readonly<Record<string, { readonly compilerOptions: { readonly tsConfigPath: string } }>>;
    };
    const services = apps.filter((app) => existsSync(resolve(root, `apps/${app}/src/main.ts`)));
    expect(Object.keys(projects).toSorted()).toEqual(services.toSorted());
    for (const { compilerOptions } of Object.values(projects)) {
      expect([compilerOptions.tsConfigPath, existsSync(resolve(root, compilerOptions.tsConfigPath))]).toEqual([
        compilerOptions.tsConfigPath,
        true,
      ]);
    }
  });

  it.each(['docker-compose.yml', 'deploy/docker/Dockerfile'])('%s starts programs that are built here', (file) => {
    const programs = found(file, /apps\/[a-z/-]+\/dist\/[a-z/-]+\.js/g);
    expect(programs.length).toBeGreaterThan(0);
    const sources = programs.map((program) => program.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
    expect(sources.filter((source) => !existsSync(resolve(root, source)))).toEqual([]);
  });

  it('docker-compose.yml sets only variables that the reference of the configuration has', () => {
    const settings = found('docker-compose.yml', /\bOPENCLAW_[A-Z_]+(?=:)/g).filter(
      (name) => !text('docker-compose.yml').includes(`\${${name}:-openclaw}`),
    );
    expect(settings.length).toBeGreaterThan(5);
    expect(settings.filter((name) => !text('docs/reference/configuration.md').includes(name))).toEqual([]);
  });

  it('the image copies nothing that is not here', () => {
    const copied = text('deploy/docker/Dockerfile')
      .split('\n')
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied).toContain('package-lock.json');
    expect(copied.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
  });
});
