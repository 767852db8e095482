import { cutValidator } from './01-cut-validator/cut-validator.experiment';
import { pausedValidator } from './02-paused-validator/paused-validator.experiment';
import { clockJumps } from './03-clock-jumps/clock-jumps.experiment';
import { brokerKills } from './04-broker-kills/broker-kills.experiment';
import { lostTail } from './05-lost-tail/lost-tail.experiment';
import { killedIssuer } from './06-killed-issuer/killed-issuer.experiment';
import { lateProduce } from './07-late-produce/late-produce.experiment';
import { twoIssuers } from './08-two-issuers/two-issuers.experiment';
import { consumerChurn } from './09-consumer-churn/consumer-churn.experiment';
import { killedProjector } from './10-killed-projector/killed-projector.experiment';
import { damagedSnapshot } from './14-damaged-snapshot/damaged-snapshot.experiment';
import { hostileValues } from './17-hostile-values/hostile-values.experiment';
import { isolatedLeader } from './21-isolated-leader/isolated-leader.experiment';
import { heldProduce } from './24-held-produce/held-produce.experiment';
import type { Experiment } from './experiment';

/** Every fault experiment that exists, by its number in the list of experiments (docs/reference/experiments.md). */
export const experiments: readonly Experiment[] = [
  cutValidator,
  pausedValidator,
  clockJumps,
  brokerKills,
  lostTail,
  killedIssuer,
  lateProduce,
  twoIssuers,
  consumerChurn,
  killedProjector,
  damagedSnapshot,
  hostileValues,
  isolatedLeader,
  heldProduce,
];
