import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const QUIET = { stdio: 'ignore' } as const;

/** One machine of the test network: a network namespace with one interface, plugged into a switch. */
export interface TestHost {
  readonly address: string;
  /** Words that start a command inside. */
  readonly enter: readonly string[];
}

/** Which packets are lost on the way between a host and the outside. */
export type Cut = 'both ways' | 'towards the host' | 'from the host';

interface Plugged extends TestHost {
  readonly name: string;
  /** The end of its cable that is in the switch. */
  readonly cable: string;
}

let networks = 0;

/**
 * Hosts in network namespaces on two switches (bridges) that are not joined: hosts on one see each other, and the first
 * switch also has this process. Cables can be moved, and packets lost one way. Linux, root and iproute2 are needed.
 */
export class TestNetwork {
  readonly #id = `oc${process.pid.toString(36)}${(networks++).toString(36)}`;
  readonly #subnet: string;
  readonly #hosts: Plugged[] = [];

  private constructor() {
    // 198.18.0.0/15 is for tests of networks (RFC 2544): nothing real has an address there.
    this.#subnet = `198.${18 + ((process.pid >> 8) & 1)}.${(process.pid + networks * 7) & 0xff}`;
  }

  /** Why there can be no network of its own here; undefined when there can. */
  static unavailable(): string | undefined {
    const name = `oc${process.pid.toString(36)}try`;
    try {
      for (const words of [
        ['netns', 'add', name],
        ['link', 'add', name, 'type', 'bridge'],
      ])
        execFileSync('ip', words, QUIET);
      return undefined;
    } catch (error) {
      return `network namespaces need Linux, root and iproute2 (${error instanceof Error ? error.message.trim() : 'no ip'})`;
    } finally {
      for (const words of [
        ['link', 'del', name],
        ['netns', 'del', name],
      ])
        spawnSync('ip', words, QUIET);
    }
  }

  static async open(): Promise<TestNetwork> {
    const network = new TestNetwork();
    try {
      await network.#open();
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** Address of this process on the first switch. */
  get gateway(): string {
    return `${this.#subnet}.254`;
  }

  /** A new host on the first switch. */
  async addHost(): Promise<TestHost> {
    const number = this.#hosts.length + 1;
    const [name, cable] = [`${this.#id}h${number}`, `${this.#id}c${number}`];
    const host = { name, cable, address: `${this.#subnet}.${number}`, enter: ['ip', 'netns', 'exec', name] };
    this.#hosts.push(host);
    await ip('netns', 'add', name);
    await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('-n', name, 'address', 'add', `${host.address}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) await ip('-n', name, 'link', 'set', device, 'up');
    await ip('link', 'set', cable, 'master', this.#switch(1), 'up');
    return host;
  }

  /** Moves the cables of these hosts to another switch. */
  async plugInto(number: 1 | 2, hosts: readonly TestHost[]): Promise<void> {
    for (const host of hosts) await ip('link', 'set', this.#find(host).cable, 'master', this.#switch(number));
  }

  /** Loses packets between a host and this process, silently, as a cut line or a broken firewall does. */
  async cut(host: TestHost, cut: Cut): Promise<void> {
    const { cable, name, address } = this.#find(host);
    if (cut === 'both ways') await ip('link', 'set', cable, 'down');
    else if (cut === 'towards the host') await ip('route', 'add', 'blackhole', `${address}/32`);
    else await ip('-n', name, 'route', 'add', 'blackhole', `${this.gateway}/32`);
  }

  async heal(host: TestHost, cut: Cut): Promise<void> {
    const { cable, name, address } = this.#find(host);
    if (cut === 'both ways') await ip('link', 'set', cable, 'up');
    else if (cut === 'towards the host') await ip('route', 'del', 'blackhole', `${address}/32`);
    else await ip('-n', name, 'route', 'del', 'blackhole', `${this.gateway}/32`);
  }

  /** Removes everything that can be found; never rejects, because it runs after a failure, too. */
  async close(): Promise<void> {
    const gone = (...words: string[]): Promise<unknown> => ip(...words).catch(() => undefined);
    for (const { name, cable, address } of this.#hosts) {
      await gone('route', 'del', 'blackhole', `${address}/32`);
      await gone('link', 'del', cable);
      await gone('netns', 'del', name);
    }
    for (const number of [1, 2] as const) await gone('link', 'del', this.#switch(number));
  }

  async #open(): Promise<void> {
    for (const number of [1, 2] as const) {
      await ip('link', 'add', this.#switch(number), 'type', 'bridge');
      await ip('link', 'set', this.#switch(number), 'up');
    }
    await ip('address', 'add', `${this.gateway}/24`, 'dev', this.#switch(1));
  }

  #switch(number: 1 | 2): string {
    return `${this.#id}s${number}`;
  }

  #find(host: TestHost): Plugged {
    const found = this.#hosts.find(({ address }) => address === host.address);
    if (found === undefined) throw new RangeError(`${host.address} is not of this network`);
    return found;
  }
}

const ip = async (...words: string[]): Promise<void> => void (await run('ip', words));
