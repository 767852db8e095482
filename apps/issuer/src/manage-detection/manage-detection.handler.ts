import { Inject, Injectable } from '@nestjs/common';
import { type DetectionSettingsEvent, type DetectionSettingsState, decideDetectionSettings } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { type AggregateRepository, type OperatorCall, type Traced, commandContext } from '@openclaw/platform';
import { carryOut, mustHaveSeen, shown } from '../carry-out';
import { DETECTION_SETTINGS, FRESH_LOG } from '../tokens';
import { type ChangeDetectionBody, detectionChanges, detectionView } from './detection-settings.dto';

/** There is one set of them, for the whole deployment. */
const ALL = 'all';

/**
 * Thresholds, switches and mutes of the detector. They are in force for uses that validators decide after the change,
 * wherever and whenever those are read.
 */
@Injectable()
export class ManageDetectionHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(DETECTION_SETTINGS)
    private readonly settings: AggregateRepository<DetectionSettingsState, DetectionSettingsEvent>,
  ) {}

  async show() {
    return viewOf(await this.settings.load(ALL));
  }

  async change(call: OperatorCall, body: ChangeDetectionBody) {
    const context = commandContext(call, { operation: 'change-detection', body });
    const expectedRevision = mustHaveSeen(call);
    const target = { repository: this.settings, noun: 'detection-settings', id: ALL, expectedRevision } as const;
    const command = { type: 'ChangeDetectionSettings', meta: context.meta, changes: detectionChanges(body) } as const;
    const carried = await carryOut(target, context, (state) => decideDetectionSettings(command, state));
    return shown(this.fresh, carried, viewOf);
  }
}

const viewOf = ({ state, revision }: Traced<DetectionSettingsState>) => ({
  ...detectionView(state.settings),
  revision,
});
