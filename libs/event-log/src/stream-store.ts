import { mkdtempSync, openSync, closeSync, read, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Position, RecordedEvent, StreamName } from './event-log.port';
import { parseOuterForm, toRecordedEvent } from './outer-form';

interface Kept {
  readonly at: number;
  readonly bytes: number;
  readonly position: Position;
  readonly appendedAtMs: number;
}

/**
 * The accepted events of every stream, by stream: values in an unlinked temporary file, places in memory (about 100
 * bytes an event). A cache of what was read from the log: rebuilt at start, gone with the process. It exists because
 * Kafka cannot be read by stream, and a writer must load one.
 */
export class StreamStore {
  readonly #places = new Map<string, Kept[]>();
  readonly #file: number;
  #end = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-streams-'));
    this.#file = openSync(join(folder, 'values'), 'wx+', 0o600);
    rmSync(folder, { recursive: true });
  }

  /** Adds the accepted events of one batch, in log order. */
  add(entries: readonly { readonly event: RecordedEvent; readonly value: Buffer }[]): void {
    for (const { event, value } of entries) {
      const kept = { at: this.#end, bytes: value.length, position: event.position, appendedAtMs: event.appendedAtMs };
      const places = this.#places.get(event.stream);
      if (places === undefined) this.#places.set(event.stream, [kept]);
      else places.push(kept);
      this.#end += value.length;
    }
    const values = Buffer.concat(entries.map((entry) => entry.value));
    writeSync(this.#file, values, 0, values.length, this.#end - values.length);
  }

  async *read(stream: StreamName, from: number): AsyncGenerator<RecordedEvent> {
    const places = this.#places.get(stream) ?? [];
    for (let revision = Math.max(from, 1); revision <= places.length; revision += 1) {
      const kept = places[revision - 1];
      if (kept === undefined) return;
      const parsed = parseOuterForm(await this.#value(kept));
      if (!parsed.ok) throw new Error(`the local copy of ${stream} is damaged: ${parsed.reason}`);
      yield toRecordedEvent(parsed.outer, { position: kept.position, revision, appendedAtMs: kept.appendedAtMs });
    }
  }

  close(): void {
    this.#places.clear();
    closeSync(this.#file);
  }

  #value(kept: Kept): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      read(this.#file, Buffer.alloc(kept.bytes), 0, kept.bytes, kept.at, (error, bytesRead, buffer) => {
        if (error !== null || bytesRead !== kept.bytes) reject(error ?? new Error('the local copy of a stream is cut'));
        else resolve(buffer);
      });
    });
  }
}
