import type { Experiment, Observation, Conditions } from '../experiment';
import { FollowedReader } from '../workload/followed-reader';
import { openHeart } from '../workload/heart';
import { heldBy } from '../workload/history';
import { KafkaGround } from '../workload/kafka-ground';
import { rereadJournal } from '../workload/reread';
import { LateUpdates } from './late-updates';
import { acceptedOnly, lastWriteWins, ScopeView } from './scope-view';
import { UnrulyJournal } from './unruly-journal';

const ground = new KafkaGround({ brokers: 3, faults: false });
type Mutant = 'revoke with a claimed revision' | 'acceptance by last write wins';

/** INVARIANTS experiment 7: an old scope update arrives around and after a revocation, also twice, also backwards. */
export const lateProduce: Experiment = {
  number: 7,
  title: 'delayed, duplicated, reordered produce: an old scope update arrives after a revoke',
  invariants: ['I5', 'I12', 'I15'],
  mutants: {
    'revoke with a claimed revision': ['I15'],
    'acceptance by last write wins': ['I5', 'I12'],
  } satisfies Record<Mutant, readonly string[]>,
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
};

const runOnce = async ({ random, size, mutant }: Conditions): Promise<Observation> => {
  const codes = size === 'long' && mutant === undefined ? 2_000 : 40;
  const topics = await ground.topics();
  const store = await ground.store();
  const held = new Set<string>();
  const nets: UnrulyJournal[] = [];
  const open = (source: string, holds: (stream: string) => boolean, appendTimeoutMs: number) =>
    openHeart(store, {
      ...topics, source, appendTimeoutMs, resendAfterMs: 50,
      decorate: (journal) => {
        const net = new UnrulyJournal(journal, random, holds);
        nets.push(net);
        return net;
      },
    }); // prettier-ignore
  // The operator's own command is delayed and doubled, but only old updates are held back.
  const revoker = await open('revoker', () => false, 15_000);
  const updater = await open('updater', (stream) => held.has(stream), 1_000);
  const net = nets.at(-1);
  if (net === undefined) throw new Error('the journal was not opened');

  const folds = mutant === 'acceptance by last write wins' ? lastWriteWins : acceptedOnly;
  const follow = (fresh: typeof updater) => {
    const view = new ScopeView(folds);
    return { view, reader: new FollowedReader(fresh, 'beginning', view.fold) };
  };
  const views = [follow(updater), follow(revoker)];
  const claimedRevision = mutant === 'revoke with a claimed revision';
  const late = new LateUpdates({ updater, revoker, net, held, random, views, claimedRevision });
  await late.playAll(codes);

  const log = await rereadJournal(await store.open(topics.lifecycleTopic));
  const oracle = new ScopeView();
  for (const event of log.history) oracle.apply(event);
  views.push(follow(revoker)); // one that comes late and folds everything at once
  for (const { reader } of views) await reader.reached(log.records - 1);
  const digests = new Set([oracle.digest(), ...views.map(({ view }) => view.digest())]);
  const resurrected = new Set(views.flatMap(({ view }) => [...view.resurrected]));
  const violations = [
    ...late.violations,
    ...log.faults,
    ...(digests.size === 1 ? [] : [`I5: ${digests.size} different digests at position ${log.records - 1}`]),
    ...[...resurrected].map((stream) => `I12: ${stream} changed after its revocation`),
  ];
  for (const { reader } of views) await reader.stop();
  await updater.close();
  await revoker.close();
  await store.close();
  const { delivered, doubled } = net;
  const counts = { codes, records: log.records, superseded: log.superseded, lateArrivals: delivered, doubled };
  return { counts, held: heldBy(lateProduce.invariants, violations), violations };
};
