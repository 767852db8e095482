import { constants } from 'node:fs';
import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AcceptanceState, type ResumePoint, ResumeRefused } from '@openclaw/event-log';
import type { Logger } from '@openclaw/platform';
import type { CodeIndex, KeptIndex } from '../code-index';
import { SnapshotRefused, readSnapshot } from './read-snapshot';
import type { SnapshotSeal } from './snapshot-seal';
import { writeSnapshot } from './write-snapshot';

export interface SnapshotConfig {
  /** Survives a restart; validators with different names may share it. */
  readonly folder: string;
  readonly everyMs: number;
}

/** A start that had to read the whole log should not have to do it again. */
const FIRST_AFTER_MS = 10_000;

/** The newest snapshot of one validator: read at its start, written from time to time and at its end. */
export class SnapshotFolder {
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #written = -1;

  private constructor(
    private readonly config: SnapshotConfig,
    instance: string,
    private readonly seal: SnapshotSeal,
    private readonly logger: Logger,
  ) {
    this.#path = join(config.folder, `${instance}.code-index`);
  }

  /** Makes the folder, and removes what an earlier life did not finish; rejects when it cannot be written to (a mistake in the configuration: refuse to start). */
  static async open(
    config: SnapshotConfig,
    { instance, seal, logger }: { readonly instance: string; readonly seal: SnapshotSeal; readonly logger: Logger },
  ): Promise<SnapshotFolder> {
    await mkdir(config.folder, { recursive: true, mode: 0o700 });
    await access(config.folder, constants.W_OK);
    const isLeft = (name: string): boolean => name.startsWith(`${instance}.code-index.`) && name.endsWith('.tmp');
    for (const name of (await readdir(config.folder)).filter(isLeft)) await rm(join(config.folder, name));
    return new SnapshotFolder(config, instance, seal, logger);
  }

  /**
   * Opens something with what was kept, or without: when there is nothing, when the snapshot is damaged or of another
   * version, and when `open` rejects with `ResumeRefused` because the log is not the one it is of. Such a snapshot is
   * thrown away and the reason logged.
   */
  async resume<T>(open: (kept: KeptIndex | undefined, resume: ResumePoint | undefined) => Promise<T>): Promise<T> {
    const kept = await this.#read();
    if (kept === undefined) return open(undefined, undefined);
    try {
      return await open(kept, resumePoint(kept));
    } catch (error) {
      if (!(error instanceof ResumeRefused)) throw error;
      await this.#throwAway(error);
      return open(undefined, undefined);
    }
  }

  /** Writes a snapshot every so often, as long as the index moves; the first one soon when there is none. */
  keep(index: CodeIndex): void {
    const { everyMs } = this.config;
    this.#timer = setTimeout(
      () => {
        void this.#write(index).then(() => this.#timer !== undefined && this.keep(index));
      },
      this.#written < 0 ? Math.min(everyMs, FIRST_AFTER_MS) : everyMs,
    );
    this.#timer.unref();
  }

  /** Writes the last snapshot, of an index that has ended. */
  async close(index: CodeIndex): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    await this.#write(index);
  }

  async #read(): Promise<KeptIndex | undefined> {
    const begunAtMs = performance.now();
    try {
      const kept = await readSnapshot(this.#path, this.seal);
      if (kept === undefined) return undefined;
      const [codes, position] = [kept.state.size, kept.head.position];
      const ms = Math.round(performance.now() - begunAtMs);
      this.logger.info({ codes, position, ms }, 'snapshot of the code index read');
      this.#written = position;
      return kept;
    } catch (error) {
      await this.#throwAway(error);
      return undefined;
    }
  }

  /** Whatever is wrong with it, the log holds everything. */
  async #throwAway(error: unknown): Promise<void> {
    const isKnown = error instanceof SnapshotRefused || error instanceof ResumeRefused;
    const reason = isKnown ? error.message : `it cannot be read: ${String(error)}`;
    this.logger.warn({ reason }, 'the snapshot of the code index is thrown away, and the log read from its beginning');
    this.#written = -1;
    await rm(this.#path, { force: true });
  }

  /** Never rejects: without a snapshot the next start takes longer, and that is all. */
  #write(index: CodeIndex): Promise<void> {
    const { position } = index.applied();
    if (position <= this.#written) return Promise.resolve();
    this.#writing = writeSnapshot(this.#path, index, this.seal).then(
      () => void (this.#written = position),
      (error: unknown) => this.logger.warn({ reason: String(error) }, 'no snapshot of the code index could be written'),
    );
    return this.#writing;
  }
}

/** What the log needs to go on: it gets its own copy of the streams, because it reads ahead of the index. */
const resumePoint = ({ state, head, anchor }: KeptIndex): ResumePoint => ({
  head,
  anchor,
  acceptance: new AcceptanceState(state.streams.copy()),
});
