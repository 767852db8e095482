import { Body, Controller, Get, Header, Inject, Patch, Req, Res } from '@nestjs/common';
import { type DetectionSettingsEvent, type DetectionSettingsState, decideDetectionSettings } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import {
  type AggregateRepository, type AuthenticatedRequest, Needs, commandContext, parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { carryOut, etag, positionToken, revisionOf } from '../carry-out';
import { DETECTION_SETTINGS, FRESH_LOG } from '../tokens';
import { changeDetectionBody, detectionChanges, detectionView } from './detection-settings.dto';

/** There is one set of them, for the whole deployment. */
const ALL = 'all';

interface Answering {
  header(name: string, value: string): void;
}

/**
 * `GET` and `PATCH /v1/detection`: thresholds, switches and mutes. They are in force for uses that validators decide
 * after the change, wherever and whenever those are read.
 */
@Controller('v1/detection')
export class ManageDetectionController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(DETECTION_SETTINGS)
    private readonly settings: AggregateRepository<DetectionSettingsState, DetectionSettingsEvent>,
  ) {}

  @Get()
  @Needs('detection:read')
  @Header('Cache-Control', 'no-store')
  async show(@Res({ passthrough: true }) response: Answering) {
    const { state, revision } = await this.settings.load(ALL);
    response.header('ETag', etag(revision));
    return { ...detectionView(state.settings), revision };
  }

  @Patch()
  @Needs('detection:manage')
  async change(
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(changeDetectionBody, raw);
    const { reason, ...asked } = body;
    const context = commandContext(request, body, reason);
    const expectedRevision = revisionOf(request.headers['if-match']);
    const target = { repository: this.settings, noun: 'detection-settings', id: ALL, expectedRevision } as const;
    const command = { type: 'ChangeDetectionSettings', meta: context.meta, changes: detectionChanges(asked) } as const;
    const carried = await carryOut(target, context, (state) => decideDetectionSettings(command, state));
    response.header('ETag', etag(carried.revision));
    const position = positionToken(this.fresh.log.logId, carried);
    return { ...detectionView(carried.state.settings), revision: carried.revision, position };
  }
}
