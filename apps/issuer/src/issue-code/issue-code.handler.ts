import { Inject, Injectable } from '@nestjs/common';
import { type Pepper, type PlainCode, generateCode, secretOf } from '@openclaw/contracts';
import { type PairingCode, type PairingCodeEvent, decidePairingCode } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, type OperatorCall, commandContext } from '@openclaw/platform';
import { carryOut, shown } from '../carry-out';
import { type CodeView, codeView } from '../show-codes/code.view';
import { CODES, FRESH_LOG, PEPPER } from '../tokens';
import { type IssueCodeBody, settingsFrom } from './issue-code.dto';
import { IssueRights } from './issue-rights';

/** A code with its secret, which is nowhere else; null for a retry: the secret is never replayed. Rotate to get one. */
export type CodeWithSecret = CodeView & { readonly code: PlainCode | null; readonly position: string };

/** Issues a code. */
@Injectable()
export class IssueCodeHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
    @Inject(IssueRights) private readonly rights: IssueRights,
    @Inject(PEPPER) private readonly pepper: Pepper,
  ) {}

  /** Throws an `ApiError` for every no. A retry with the same idempotency key meets its own code. */
  async issue(call: OperatorCall, body: IssueCodeBody): Promise<CodeWithSecret> {
    const context = commandContext(call, { operation: 'issue-code', body });
    const { meta } = context;
    await this.rights.mayIssue(call.principal, body);
    const codeId = context.derivedId('pairing-code');
    const plain = generateCode();
    const secret = secretOf(plain, this.pepper);
    const settings = settingsFrom(body, meta.now);
    const target = { repository: this.codes, noun: 'pairing-code', id: codeId } as const;
    const carried = await carryOut(target, context, (state) =>
      decidePairingCode({ type: 'IssueCode', meta, codeId, settings, secret }, state),
    );
    return { code: carried.outcome === 'appended' ? plain : null, ...shown(this.fresh, carried, codeView) };
  }
}
