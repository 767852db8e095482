import { randomUUID } from 'node:crypto';
import { ValidatorClient } from '../../demo/clients';
import type { Child } from '../workload/child';
import { hostMs } from '../workload/history';
import type { DiskState, ValidatorOrder, ValidatorReady } from './validator.protocol';

/** One use and what came back; times on the host's monotonic clock. `verdict` is missing while nothing came. */
export interface Use {
  readonly requestId: string;
  readonly codeId: string;
  readonly sentAtMs: number;
  /** The same on the host's wall clock, milliseconds since 1970. */
  readonly sentAt: number;
  answeredAt?: number;
  answeredAtMs?: number;
  verdict?: string;
}

export const isDecision = ({ verdict }: Use): boolean =>
  verdict === 'allow' || verdict?.startsWith('DENIAL_REASON') === true;

/** A validator service under test, and everything that it was asked. */
export class RunningValidator {
  readonly uses: Use[] = [];
  readonly #client: ValidatorClient;

  constructor(
    readonly child: Child<ValidatorOrder, ValidatorReady>,
    validator: string,
    token: string,
  ) {
    this.#client = new ValidatorClient({ validator }, token);
  }

  /** Asks once; resolves when it is answered, or not any more. */
  async use(
    { code, codeId }: { readonly code: string; readonly codeId: string },
    scope = 'openai:gpt-4o:chat',
  ): Promise<Use> {
    const use: Use = { requestId: randomUUID(), codeId, sentAtMs: hostMs(), sentAt: Date.now() };
    this.uses.push(use);
    const { verdict } = await this.#client.validate({ code, scope, requestId: use.requestId });
    use.answeredAtMs = hostMs();
    use.answeredAt = Date.now();
    use.verdict = verdict;
    return use;
  }

  disk(disk: DiskState['disk']): void {
    this.child.send({ disk });
  }

  /** kill -9; what it was asked and did not answer is then without a decision. */
  async kill(): Promise<void> {
    await this.child.kill();
    this.#client.close();
  }

  async stop(): Promise<void> {
    await this.child.stop();
    this.#client.close();
  }
}
