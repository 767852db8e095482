import { type CommandTarget, encodePosition } from '@openclaw/contracts';
import type { Decided, Rejection } from '@openclaw/domain';
import {
  type AggregateRepository, ApiError, type CommandContext, type Outcome, rejectionError,
} from '@openclaw/platform'; // prettier-ignore

export type Carried<State> = Extract<Outcome<State, never>, { readonly outcome: 'appended' | 'unchanged' }>;

export interface Target<State, Event> {
  readonly repository: AggregateRepository<State, Event>;
  readonly noun: CommandTarget;
  readonly id: string;
  /** From `If-Match`: the revision that the caller has seen; undefined = any. */
  readonly expectedRevision?: number | undefined;
}

/** Carries out one command on one aggregate; throws an `ApiError` for every answer other than success. */
export const carryOut = async <State, Event>(
  target: Target<State, Event>,
  context: Pick<CommandContext, 'envelope'>,
  decide: (state: State) => Decided<Event>,
): Promise<Carried<State>> => {
  const { repository, noun, id, expectedRevision } = target;
  const outcome = await repository.execute<Rejection>(
    id,
    (state, revision) => {
      const decided = decide(state);
      if (!decided.ok) return decided;
      const changes = decided.value !== undefined;
      if (changes && expectedRevision !== undefined && expectedRevision !== revision) {
        throw new ApiError('openclaw.request.etag-mismatch');
      }
      return { ok: true, event: decided.value };
    },
    context.envelope,
  );
  if (outcome.outcome === 'rejected') throw rejectionError(noun, outcome.rejection);
  if (outcome.outcome === 'contended') throw new ApiError(`openclaw.${noun}.conflict`);
  return outcome;
};

/** The position of a write as callers pass it on (`min_position`). */
export const positionToken = (logId: string, carried: { readonly position: number }): string =>
  encodePosition({ logId, offset: carried.position });

const ETAG = /^"(\d{1,10})"$/;

/** The revision of an `If-Match` header; throws when it is needed and absent (428), or not one of ours (412). */
export const revisionOf = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined) throw new ApiError('openclaw.request.etag-missing');
  if (ifMatch === '*') return undefined;
  const revision = ETAG.exec(ifMatch)?.[1];
  if (revision === undefined) throw new ApiError('openclaw.request.etag-mismatch');
  return Number(revision);
};

export const etag = (revision: number): string => `"${revision}"`;
