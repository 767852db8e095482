import { Inject, Injectable } from '@nestjs/common';
import { type Pepper, type PlainCode, generateCode, secretOf } from '@openclaw/contracts';
import {
  type CodeSecret, type PairingCode, type PairingCodeCommand, type PairingCodeEvent, decidePairingCode, milliseconds,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, type CommandContext, type OperatorCall, type Principal, commandContext,
} from '@openclaw/platform'; // prettier-ignore
import { type Carried, carryOut, mayHaveSeen, mustHaveSeen, shown } from '../carry-out';
import { IssueRights } from '../issue-code/issue-rights';
import { type ReasonBody, type RotateCodeBody, type UpdateCodeBody, changesFrom } from '../issue-code/issue-code.dto';
import type { CodeWithSecret } from '../issue-code/issue-code.handler';
import { type CodeView, codeView } from '../show-codes/code.view';
import { CODES, FRESH_LOG, PEPPER } from '../tokens';

type Changed = CodeView & { readonly position: string };

/** Changes a living code. Every method throws an `ApiError` for a no; retries with the same idempotency key are safe. */
@Injectable()
export class ChangeCodeHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
    @Inject(PEPPER) private readonly pepper: Pepper,
    @Inject(IssueRights) private readonly rights: IssueRights,
  ) {}

  /** Only narrows, unless the caller has the right to widen. */
  async update(call: OperatorCall, codeId: string, body: UpdateCodeBody): Promise<Changed> {
    const context = commandContext(call, { operation: 'update-code', target: codeId, body });
    const mayWiden = await this.rights.mayUpdate(call.principal, body);
    const command = { type: 'UpdateCode', meta: context.meta, changes: changesFrom(body), mayWiden } as const;
    return shown(this.fresh, await this.#carry(codeId, context, command, mustHaveSeen(call)), codeView);
  }

  async rotate(call: OperatorCall, codeId: string, body: RotateCodeBody): Promise<CodeWithSecret> {
    const context = commandContext(call, { operation: 'rotate-code', target: codeId, body });
    const graceMs = milliseconds(body.graceSeconds * 1000);
    return this.#renew(call, codeId, context, (secret) => ({
      type: 'RotateCode',
      meta: context.meta,
      secret,
      graceMs,
    }));
  }

  /** For a lost code: ends every older secret and gives a new one in the same event; settings and history stay. */
  async reissue(call: OperatorCall, codeId: string, body: ReasonBody): Promise<CodeWithSecret> {
    const context = commandContext(call, { operation: 'reissue-code', target: codeId, body });
    return this.#renew(call, codeId, context, (secret) => ({ type: 'ReissueCode', meta: context.meta, secret }));
  }

  async suspend(call: OperatorCall, codeId: string, body: ReasonBody): Promise<Changed> {
    const context = commandContext(call, { operation: 'suspend-code', target: codeId, body });
    const command = { type: 'SuspendCode', meta: context.meta } as const;
    return shown(this.fresh, await this.#carry(codeId, context, command, mayHaveSeen(call)), codeView);
  }

  async resume(call: OperatorCall, codeId: string, body: ReasonBody): Promise<Changed> {
    const context = commandContext(call, { operation: 'resume-code', target: codeId, body });
    const command = { type: 'ResumeCode', meta: context.meta } as const;
    return shown(this.fresh, await this.#carry(codeId, context, command, mayHaveSeen(call)), codeView);
  }

  async #renew(
    call: OperatorCall,
    codeId: string,
    context: CommandContext,
    commandWith: (secret: CodeSecret) => PairingCodeCommand,
  ): Promise<CodeWithSecret> {
    await this.#mustCover(codeId, call.principal);
    const plain: PlainCode = generateCode();
    const command = commandWith(secretOf(plain, this.pepper));
    const carried = await this.#carry(codeId, context, command, mayHaveSeen(call));
    return { code: carried.outcome === 'appended' ? plain : null, ...shown(this.fresh, carried, codeView) };
  }

  /** Whoever gets a code's new secret could as well have been issued the code. */
  async #mustCover(codeId: string, principal: Principal): Promise<void> {
    const { state } = await this.codes.load(codeId);
    if (state.status !== 'unissued') await this.rights.mayRenew(principal, state.settings.scopes);
  }

  #carry(
    id: string,
    context: CommandContext,
    command: PairingCodeCommand,
    expectedRevision: number | undefined,
  ): Promise<Carried<PairingCode>> {
    const target = { repository: this.codes, noun: 'pairing-code', id, expectedRevision } as const;
    return carryOut(target, context, (state) => decidePairingCode(command, state));
  }
}
