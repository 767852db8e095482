import { Readable } from 'node:stream';
import { Controller, Get, Header, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiError, parseBody, Needs } from '@openclaw/platform';
import { z } from 'zod';
import { completenessOf } from '../account-producers/completeness';
import type { ProducerAccounts } from '../account-producers/producer-accounts';
import type { FollowedProjection } from '../follow-log/followed-projection';
import type { TrailView } from '../read-trail/trail.port';
import type { UsageView } from '../read-usage/usage.port';
import { PRODUCERS, PROJECTIONS, TRAIL_VIEW, USAGE_VIEW } from '../tokens';
import { type EvidenceSource, type PartitionEnd, evidenceFile, summarize } from './evidence';
import { decodeRange, encodeRange } from './range-token';
import { trailEvidence, usageEvidence } from './sources';

const format = z.enum(['csv', 'ndjson'], 'say csv or ndjson').default('ndjson');
/** As `encodeRange` writes it; longer than this does not fit into the headers that Node takes. */
const until = z
  .string()
  .max(12_000)
  .regex(/^[A-Za-z0-9_-]*$/, 'not one of ours');
export const manifestQuery = z.strictObject({ format, until: until.optional() });
export const fileQuery = z.strictObject({ format, until });
export const MEDIA_TYPE = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson' };

/**
 * `GET /v1/exports/{trail|usage}/manifest` fixes a range and says what its file is; `GET /v1/exports/{trail|usage}` is
 * that file, streamed. The log does not change, so the manifest holds for every download of its range.
 */
@Controller('v1/exports/:view')
export class ExportEvidenceController {
  readonly #sources: readonly EvidenceSource[];

  constructor(
    @Inject(TRAIL_VIEW) trail: TrailView,
    @Inject(USAGE_VIEW) usage: UsageView,
    @Inject(PRODUCERS) private readonly producers: ProducerAccounts,
    @Inject(PROJECTIONS) private readonly projections: readonly FollowedProjection[],
  ) {
    this.#sources = [trailEvidence(trail), usageEvidence(usage)];
  }

  @Get('manifest')
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async manifest(@Param('view') view: string, @Query() raw: unknown) {
    const query = parseBody(manifestQuery, raw);
    const source = this.#source(view);
    const known = this.#ends(source);
    const range = query.until === undefined ? known : decodeRange(query.until, known);
    const fixed = encodeRange(range);
    const quarantined = await this.#projection(source)?.quarantined();
    return {
      view,
      format: query.format,
      until: fixed,
      range: range.map(({ partition, logId, position }) => ({
        partition,
        logId,
        lastPosition: position,
        // Records that this version cannot read are in quarantine, not in the file; they are on the log.
        quarantined: quarantined?.get(partition) ?? 0,
      })),
      ...(await summarize(evidenceFile(source, query.format, range), query.format)),
      // Of the lifecycle log nothing can be missing unseen: its positions have no hole.
      ...(view === 'usage' ? { completeness: await completenessOf(this.producers.all(), range, new Date()) } : {}),
      file: `/v1/exports/${view}?format=${query.format}&until=${fixed}`,
    };
  }

  @Get()
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  file(@Param('view') view: string, @Query() raw: unknown): StreamableFile {
    const { format: wanted, until: given } = parseBody(fileQuery, raw);
    const source = this.#source(view);
    const range = decodeRange(given, this.#ends(source));
    return new StreamableFile(Readable.from(evidenceFile(source, wanted, range), { objectMode: false }), {
      type: MEDIA_TYPE[wanted],
      disposition: `attachment; filename="openclaw-${view}.${wanted}"`,
    });
  }

  #source(view: string): EvidenceSource {
    const source = this.#sources.find(({ name }) => name === view);
    if (source === undefined) throw new ApiError('openclaw.request.route-unknown');
    return source;
  }

  #projection({ projection }: EvidenceSource): FollowedProjection | undefined {
    return this.projections.find(({ name }) => name === projection);
  }

  /** How far the projection has come in each partition that has a log. */
  #ends(source: EvidenceSource): readonly PartitionEnd[] {
    const workers = this.#projection(source)?.workers ?? [];
    return workers.flatMap((worker) => {
      const { partition, log } = worker.source;
      return log === undefined ? [] : [{ partition, logId: log.logId, position: worker.lag()?.position ?? -1 }];
    });
  }
}
