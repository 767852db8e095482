import { type CommandTarget, encodePosition } from '@openclaw/contracts';
import type { Decided, Rejection } from '@openclaw/domain';
import {
  type AggregateRepository, ApiError, type CommandContext, type OperatorCall, type Outcome, type Traced, rejectionError,
} from '@openclaw/platform'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';

export type Carried<State> = Extract<Outcome<State, never>, { readonly outcome: 'appended' | 'unchanged' }>;

export interface Target<State, Event> {
  readonly repository: AggregateRepository<State, Event>;
  readonly noun: CommandTarget;
  readonly id: string;
  /** The revision that the caller has seen; undefined = any. */
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

/** Adds the position of a write to what is shown of it: callers pass it on as `min_position`. */
export const shown = <State, View extends object>(
  { log }: FreshLog,
  carried: Carried<State>,
  view: (carried: Traced<State>) => View,
): View & { readonly position: string } => ({
  ...view(carried),
  position: encodePosition({ logId: log.logId, offset: carried.position }),
});

/** For a change that nobody should make unseen: 428 for a caller who does not say what he has seen. */
export const mustHaveSeen = ({ expectedRevision }: OperatorCall): number | undefined => {
  if (expectedRevision === undefined) throw new ApiError('openclaw.request.etag-missing');
  return expectedRevision === 'any' ? undefined : expectedRevision;
};

/** For a change that may be made unseen: what the caller has seen counts when he says it. */
export const mayHaveSeen = ({ expectedRevision }: OperatorCall): number | undefined =>
  expectedRevision === 'any' ? undefined : expectedRevision;

/** What a REST controller tells besides the body. */
export interface Answering {
  header(name: string, value: string): void;
  status(code: number): void;
}

/** Tells the version of what is shown as its ETag: `If-Match` of the next change. */
export const withEtag = <View extends { readonly revision: number }>(response: Answering, view: View): View => {
  response.header('ETag', `"${view.revision}"`);
  return view;
};
