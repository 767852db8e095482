import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPIC } from '@openclaw/contracts';
import { InMemoryJournalServer, InMemoryJournalStore, type JournalRecord } from '@openclaw/event-log';
import { FaultyJournal } from '@openclaw/event-log/testing';
import { ApiError } from '@openclaw/platform';
import { type ValidatorParts, openParts } from '../src/open-parts';
import type { Decision } from '../src/validate-code/decision';
import { type UseMessage, useRequest } from '../src/validate-code/use-request';
import { LifecycleWriter, PEPPER } from './lifecycle-writer';

export const BOUND_MS = 1000;
/** The laxest bound that a code may have here. */
export const GRACE_MAX_MS = 3 * BOUND_MS;
export const USAGE_PARTITIONS = 2;
export const CALLER = { name: 'gateway', auditor: false };
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What happens on the way between a validator and the log. */
interface Hooks {
  /** Before a usage record reaches the log. */
  readonly usage?: () => Promise<void>;
  /** Before a claim reaches the log. */
  readonly claim?: () => Promise<void>;
  /** Before claims that are on the log reach this validator. */
  readonly claimsRead?: (instance: string) => Promise<void>;
}

/** An issuer and any number of validators, each as another process would be, on one log in memory. */
export class ValidatorFleet {
  readonly server = new InMemoryJournalServer();
  readonly store = new InMemoryJournalStore(this.server);
  validators: ValidatorParts[] = [];

  private constructor(
    readonly spoolDir: string,
    private readonly hooks: Hooks,
  ) {}

  static async open(hooks: Hooks = {}): Promise<ValidatorFleet & { readonly issuer: LifecycleWriter }> {
    const fleet = new ValidatorFleet(await mkdtemp(join(tmpdir(), 'openclaw-validator-')), hooks);
    return Object.assign(fleet, { issuer: await LifecycleWriter.open(fleet.store, BOUND_MS) });
  }

  /** One more validator; on a host of its own unless it follows another one. */
  async start(instance: string, host = `host-${this.validators.length}`): Promise<ValidatorParts> {
    const usage = { spoolDir: join(this.spoolDir, host), durability: 'fsync', bytesMax: 10_000_000 } as const;
    const config = {
      boundMs: BOUND_MS,
      graceMaxMs: GRACE_MAX_MS,
      usagePartitions: USAGE_PARTITIONS,
      pepper: PEPPER,
      instance,
      usage,
    };
    const own = new InMemoryJournalStore(this.server);
    const open = own.open.bind(own);
    own.open = async (topic, partition) => {
      const journal = await open(topic, partition);
      const { usage: onAppend, claim, claimsRead } = this.hooks;
      if (topic === TOPIC.usage && onAppend !== undefined) return new FaultyJournal(journal, { onAppend });
      if (topic !== TOPIC.redemptions) return journal;
      const onRead = async (records: readonly JournalRecord[]) => {
        await claimsRead?.(instance);
        return records;
      };
      return new FaultyJournal(journal, { onAppend: async () => claim?.(), onRead });
    };
    const parts = await openParts(own, config, SILENT);
    this.validators.push(parts);
    await parts.standing.firstLease(AbortSignal.timeout(5000));
    return parts;
  }

  /** Stops one validator, as an orderly end of its process would. */
  async stop(validator: ValidatorParts): Promise<void> {
    this.validators = this.validators.filter((one) => one !== validator);
    await validator.close();
  }

  async close(issuer: LifecycleWriter): Promise<void> {
    for (const one of this.validators) await one.close();
    await issuer.fresh.close();
    await this.store.close();
    await rm(this.spoolDir, { recursive: true });
  }
}

export const message = (code: string, changes: Partial<UseMessage> = {}): UseMessage => ({
  code,
  service: 'openai',
  resource: 'gpt-4o',
  action: 'chat',
  sourceIp: '10.1.2.3',
  endpoint: 'POST /v1/chat/completions',
  requestId: '',
  traceparent: '',
  ...changes,
});

export const decisionOf = (by: ValidatorParts, code: string, changes: Partial<UseMessage> = {}): Promise<Decision> =>
  by.validateCode.validate(useRequest(message(code, changes), CALLER));

/** `allowed`, the reason of a refusal, or the code of the error. */
export const verdictOf = (decision: Promise<Decision>): Promise<string> =>
  decision.then(
    ({ reason }) => reason ?? 'allowed',
    (error: unknown) => (error instanceof ApiError ? error.code : String(error)),
  );
