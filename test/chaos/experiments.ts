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
import { harmedViews } from './11-harmed-views/harmed-views.experiment';
import { unwritableUsage } from './12-unwritable-usage/unwritable-usage.experiment';
import { secretStore } from './13-secret-store/secret-store.experiment';
import { damagedSnapshot } from './14-damaged-snapshot/damaged-snapshot.experiment';
import { http2Abuse } from './16-http2-abuse/http2-abuse.experiment';
import { hostileValues } from './17-hostile-values/hostile-values.experiment';
import { guessingFlood } from './18-guessing-flood/guessing-flood.experiment';
import { lastUnit } from './19-last-unit/last-unit.experiment';
import { rotationUnderLoad } from './20-rotation-under-load/rotation-under-load.experiment';
import { isolatedLeader } from './21-isolated-leader/isolated-leader.experiment';
import { stalledSync } from './22-stalled-sync/stalled-sync.experiment';
import { revokeUnderClaims } from './23-revoke-under-claims/revoke-under-claims.experiment';
import { heldProduce } from './24-held-produce/held-produce.experiment';
import { lostSpool } from './25-lost-spool/lost-spool.experiment';
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
  harmedViews,
  unwritableUsage,
  secretStore,
  damagedSnapshot,
  http2Abuse,
  hostileValues,
  guessingFlood,
  lastUnit,
  rotationUnderLoad,
  isolatedLeader,
  stalledSync,
  revokeUnderClaims,
  heldProduce,
  lostSpool,
];
