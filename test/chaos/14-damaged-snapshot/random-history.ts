import { TOPIC, streamOf } from '@openclaw/contracts';
import { unixMs } from '@openclaw/domain';
import { type InMemoryJournalServer, InMemoryJournalStore, encodeOuterForm, streamName } from '@openclaw/event-log';
import { type IssuedCode, LifecycleWriter } from '../../../apps/validator/testing/lifecycle-writer';
import type { SeededRandom } from '../seeded-random';

const BOUND_MS = 1000;

/** Writes what issuers write, at random, and late copies of what they wrote long ago. */
export class RandomHistory {
  readonly #living: IssuedCode[] = [];
  readonly #revoked: IssuedCode[] = [];
  #masterKeys: string[] = [];

  private constructor(
    readonly issuer: LifecycleWriter,
    private readonly server: InMemoryJournalServer,
    private readonly store: InMemoryJournalStore,
    private readonly random: SeededRandom,
  ) {}

  static async open(server: InMemoryJournalServer, random: SeededRandom): Promise<RandomHistory> {
    const store = new InMemoryJournalStore(server);
    return new RandomHistory(await LifecycleWriter.open(store, BOUND_MS), server, store, random);
  }

  async write(events: number): Promise<void> {
    for (let i = 0; i < events; i += 1) await this.#one();
  }

  /** A second copy of the first event of a revoked code, as a held produce request would bring it. */
  async writeLateCopy(): Promise<void> {
    const late = this.#revoked[0];
    if (late === undefined) return;
    const stream = streamName(streamOf.pairingCode(late.codeId));
    const first = (await this.#records()).find(({ value }) => value.includes(`"${stream}"`));
    if (first !== undefined) await (await this.store.open(TOPIC.lifecycle)).append({ key: stream, value: first.value });
    const end = { id: 'late', type: 'openclaw.pairing-code.revoked.v1', time: 'now', source: 'late', data: {} };
    const journal = await this.store.open(TOPIC.lifecycle);
    await journal.append({ key: stream, value: encodeOuterForm(stream, 'terminal', end) });
    // What follows is read back by its writer, so both copies are on the log for every reader.
    await this.issuer.registerMasterKey();
  }

  async close(): Promise<void> {
    await this.issuer.fresh.close();
    await this.store.close();
  }

  async #one(): Promise<void> {
    const dice = this.random.next();
    const code = this.#living[this.random.between(0, Math.max(this.#living.length - 1, 0))];
    if (code === undefined || dice < 0.45) await this.#issue();
    else if (dice < 0.6)
      Object.assign(code, await this.issuer.rotate(code, Date.now() + this.random.between(0, 99_999)));
    else if (dice < 0.75) await this.issuer.write(streamOf.pairingCode(code.codeId), this.#suspended(code));
    else if (dice < 0.9) await this.#revoke(code);
    else if (dice < 0.95) await this.issuer.writeUnknown(streamOf.pairingCode(code.codeId), { new: 'shape' });
    else await this.issuer.disableMasterKey(this.random.pick([this.#masterKeys[0] ?? '', ...this.#masterKeys]));
  }

  async #issue(): Promise<void> {
    if (this.#masterKeys.length < 3) this.#masterKeys.push(await this.issuer.registerMasterKey());
    const { random } = this;
    this.#living.push(
      await this.issuer.issue({
        masterKeyId: random.pick([this.#masterKeys[0] ?? '', ...this.#masterKeys]),
        scopes: [`openai:model-${random.between(1, 9)}:chat`],
        ipAllowList: random.next() < 0.5 ? [] : [`10.${random.between(0, 9)}.0.0/16`],
        expiresAt: random.next() < 0.5 ? null : unixMs(Date.now() + random.between(1, 1e9)),
        usesMax: random.next() < 0.8 ? null : random.between(1, 9),
      }),
    );
  }

  #suspended({ codeId }: IssuedCode) {
    const type = this.random.next() < 0.5 ? ('PairingCodeSuspended' as const) : ('PairingCodeResumed' as const);
    const command = { id: String(this.random.next()), bodyHash: 'b'.repeat(64) };
    return { type, data: { codeId, at: unixMs(Date.now()), command } };
  }

  async #revoke(code: IssuedCode): Promise<void> {
    await this.issuer.revoke(code);
    this.#revoked.push(code);
    this.#living.splice(this.#living.indexOf(code), 1);
  }

  async #records() {
    const { next } = this.server.partition(TOPIC.lifecycle, 0).bounds();
    const records = [];
    for (let at = 0; at < next;) {
      const batch = this.server.partition(TOPIC.lifecycle, 0).slice(at);
      records.push(...batch);
      at += batch.length;
    }
    return records;
  }
}
