import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValidatorClient, rest } from '../../demo/clients';
import { startEmbeddedSystem } from '../../demo/embedded-system';
import type { System } from '../../demo/system';
import type { Experiment } from '../experiment';
import type { SeededRandom } from '../seeded-random';
import { hostileUse } from './hostile-values';
import { type Asked, type Issued, mayBeAllowed } from './plain-oracle';

const AT_ONCE = 32;
const SETTINGS: readonly Omit<Issued, 'code'>[] = [
  { scopes: ['openai:gpt-4o:chat'], ipAllowList: [] },
  { scopes: ['openai:*:chat', 'openai:gpt-4o:train'], ipAllowList: ['10.0.0.0/8'] },
  { scopes: ['*:*:*'], ipAllowList: ['2001:db8::/32', '192.0.2.0/24'] },
  { scopes: ['openai:gpt-4o:*'], ipAllowList: ['0.0.0.0/0'] },
  { scopes: ['openai:gpt-4o:chat'], ipAllowList: ['::/0'] },
];

/** A validator that reads too much into a value, in front of the real one: what the oracle must not let pass. */
const MUTANTS: Readonly<Record<string, (asked: Asked, issued: readonly Issued[]) => Asked>> = {
  'a wildcard in the request matches': (asked) => ({
    ...asked,
    action: asked.action.includes('*') ? 'chat' : asked.action,
  }),
  'an address is cut at its zone': (asked) => ({ ...asked, sourceIp: asked.sourceIp.replace(/%.*$/, '') }),
  'leading zeros are left out': (asked) => ({ ...asked, sourceIp: asked.sourceIp.replace(/^0+(?=\d+\.)/, '') }),
  'a code is trimmed': (asked) => ({ ...asked, code: asked.code.trim() }),
};

/** INVARIANTS experiment 17: hostile values against a slow plain oracle, through the gRPC port of the whole suite. */
export const hostileValues: Experiment = {
  number: 17,
  title: 'hostile values: nothing is allowed that a plain oracle denies, nothing is refused that it allows',
  invariants: ['I2', 'I7', 'agrees with the oracle'],
  mutants: Object.fromEntries(Object.keys(MUTANTS).map((mutant) => [mutant, ['agrees with the oracle']])),
  async run({ random, size, mutant, note }) {
    const requests = size === 'long' ? 100_000 : 3_000;
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-hostile-'));
    const system = await startEmbeddedSystem(folder);
    try {
      const issued = await issue(system);
      const twisted = (asked: Asked): Asked => MUTANTS[mutant ?? '']?.(asked, issued) ?? asked;
      const trial = new Trial(system, issued, twisted);
      await trial.ask(requests, random);
      const seen = await trial.judge(await quarantined(system));
      note(JSON.stringify(seen.counts));
      return seen;
    } finally {
      await system.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Records that the audit could not store, after it has caught up: each would be a decision that nobody can look up. */
const quarantined = async (system: System): Promise<number> => {
  interface Partition {
    readonly lagRecords: number | null;
    readonly quarantined: number;
  }
  for (;;) {
    const { body } = await rest(system.audit, system.operatorToken)('GET', '/v1/status');
    const projections = body['projections'] as readonly { readonly partitions: readonly Partition[] }[];
    const partitions = projections.flatMap((projection) => projection.partitions);
    if (partitions.some(({ lagRecords }) => lagRecords !== 0)) continue;
    return partitions.reduce((sum, partition) => sum + partition.quarantined, 0);
  }
};

const issue = async (system: System): Promise<readonly [Issued, ...Issued[]]> => {
  const call = rest(system.issuer, system.operatorToken);
  const key = await call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secret: 'sk-hostile-values' });
  const one = async (settings: Omit<Issued, 'code'>): Promise<Issued> => {
    const { body } = await call('POST', '/v1/codes', { masterKeyId: key.body['masterKeyId'], label: 'l', ...settings });
    return { code: String(body['code']), ...settings };
  };
  const [first = { scopes: [], ipAllowList: [] }, ...rest_] = SETTINGS;
  return [await one(first), ...(await Promise.all(rest_.map(one)))];
};

class Trial {
  readonly #client: ValidatorClient;
  readonly #verdicts = new Map<string, number>();
  readonly #wrong: string[] = [];

  constructor(
    system: System,
    private readonly issued: readonly [Issued, ...Issued[]],
    private readonly twisted: (asked: Asked) => Asked,
  ) {
    this.#client = new ValidatorClient(system, system.auditorToken);
  }

  async ask(requests: number, random: SeededRandom): Promise<void> {
    let left = requests;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await this.#one(hostileUse(random, this.issued));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** The validator must still be there, and in its right mind. */
  async judge(quarantinedRecords: number): ReturnType<Experiment['run']> {
    const [{ code }] = this.issued;
    const { verdict } = await this.#client.validate({ code, scope: 'openai:gpt-4o:chat' });
    this.#client.close();
    const unavailable = this.#verdicts.get('fault') ?? 0;
    return {
      counts: { ...Object.fromEntries(this.#verdicts), quarantined: quarantinedRecords },
      held: {
        I2: unavailable === 0 && verdict === 'allow',
        I7: quarantinedRecords === 0,
        'agrees with the oracle': this.#wrong.length === 0,
      },
      violations: this.#wrong,
    };
  }

  async #one(asked: Asked): Promise<void> {
    const { verdict } = await this.#client.ask(this.twisted(asked));
    const isAllowed = verdict === 'allow';
    const kind =
      verdict.startsWith('DENIAL_REASON_') || isAllowed ? verdict : verdict.startsWith('3 ') ? 'bad request' : 'fault';
    this.#verdicts.set(kind, (this.#verdicts.get(kind) ?? 0) + 1);
    if (isAllowed === mayBeAllowed(this.issued, asked)) return;
    const { code, ...facts } = asked;
    this.#wrong.push(
      `${verdict}, but the oracle says otherwise: ${JSON.stringify(facts).slice(0, 200)}, code of ${code.length}`,
    );
  }
}
