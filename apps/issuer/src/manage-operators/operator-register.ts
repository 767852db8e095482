import { Inject, Injectable } from '@nestjs/common';
import {
  type AddOperator, type ChangeOperatorRoles, type Operator, type OperatorEvent, type RemoveOperator,
  type ReplaceOperatorToken, decideOperator,
} from '@openclaw/domain'; // prettier-ignore
import { AggregateRepository, ApiError, type CommandContext, OperatorDirectory } from '@openclaw/platform';
import { type Carried, carryOut } from '../carry-out';
import { ADMIN_ROSTER, OPERATORS } from '../tokens';
import { type RosterRepository, enrolAdmin, isAdmin, withdrawAdmin } from './admin-roster';

type Changed = Promise<Carried<Operator>>;

const ATTEMPTS = 5;
/** How long an answer waits for this process to judge callers by what it answers; the change stands in any case. */
const OWN_CHANGE_MS = 2_000;

/** Adds, changes and removes operators such that one admin always remains; see the roster of the domain for how. */
@Injectable()
export class OperatorRegister {
  constructor(
    @Inject(OPERATORS) private readonly operators: AggregateRepository<Operator, OperatorEvent>,
    @Inject(ADMIN_ROSTER) private readonly roster: RosterRepository,
    @Inject(OperatorDirectory) private readonly directory: OperatorDirectory,
  ) {}

  load(operatorId: string) {
    return this.operators.load(operatorId);
  }

  async add(context: CommandContext, command: AddOperator): Changed {
    return this.#settle(context, await this.#carry(context, command.operatorId, command));
  }

  async replaceToken(
    context: CommandContext,
    operatorId: string,
    command: ReplaceOperatorToken,
    expected?: number,
  ): Changed {
    return this.#settle(context, await this.#carry(context, operatorId, command, expected));
  }

  /** `expected`: the revision that the caller has seen; undefined = any. */
  async changeRoles(
    context: CommandContext,
    operatorId: string,
    command: ChangeOperatorRoles,
    expected?: number,
  ): Changed {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { state, revision } = await this.operators.load(operatorId);
      const changes = this.#changes(command, state);
      if (changes && expected !== undefined && expected !== revision)
        throw new ApiError('openclaw.request.etag-mismatch');
      if (changes && isAdmin(state) && !command.roles.includes('admin')) {
        await withdrawAdmin(this.roster, context, operatorId, revision);
      }
      const carried = await this.#carryAt(context, operatorId, command, revision);
      if (carried !== undefined) return this.#settle(context, carried);
    }
    throw new ApiError('openclaw.operator.conflict');
  }

  async remove(context: CommandContext, operatorId: string, command: RemoveOperator): Changed {
    const { state } = await this.operators.load(operatorId);
    if (this.#changes(command, state)) await withdrawAdmin(this.roster, context, operatorId, null);
    return this.#settle(context, await this.#carry(context, operatorId, command));
  }

  /** Would this command change anything now? Nobody is withdrawn for a retry or for a command that is refused. */
  #changes(command: ChangeOperatorRoles | RemoveOperator, state: Operator): boolean {
    const decided = decideOperator(command, state);
    return decided.ok && decided.value !== undefined;
  }

  #carry(
    context: CommandContext,
    id: string,
    command: Parameters<typeof decideOperator>[0],
    expectedRevision?: number,
  ): Changed {
    const target = { repository: this.operators, noun: 'operator', id, expectedRevision } as const;
    return carryOut(target, context, (state) => decideOperator(command, state));
  }

  /** Undefined: the operator is not at this revision any more, and what was decided on it has to be decided again. */
  async #carryAt(
    context: CommandContext,
    id: string,
    command: ChangeOperatorRoles,
    revision: number,
  ): Promise<Carried<Operator> | undefined> {
    try {
      return await this.#carry(context, id, command, revision);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'openclaw.request.etag-mismatch') return undefined;
      throw error;
    }
  }

  async #settle(context: CommandContext, carried: Carried<Operator>): Changed {
    const { state, revision, position } = carried;
    if (state.status !== 'unknown' && isAdmin(state)) {
      await enrolAdmin(this.roster, context, state.operatorId, revision);
    }
    await this.directory.reached(position, AbortSignal.timeout(OWN_CHANGE_MS)).catch(() => undefined);
    return carried;
  }
}
