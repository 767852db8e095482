import { AsyncLocalStorage } from 'node:async_hooks';
import { type FileHandle, open } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { hostMs } from '../workload/history';
import { type Edit, MUTANTS } from './mutants';
import { type HeapSnapshot, PLANTED, type Planted, type SecondLook, type WallFault } from './planted';

/**
 * Loaded into a built service before its own code (`node -r transform.cjs -r plant.ts apps/validator/dist/main.js`):
 * plants what it is told, and watches the second look of each allow. The service itself is the product as it is shipped.
 */
const planted = JSON.parse(process.env[PLANTED] ?? '{}') as Planted;

/** Called by the files that the watch is added to, with what they export. */
const watches: Record<string, (exported: never) => void> = {
  'validator/dist/validate-code/validate-code.js': ({ ValidateCode }: { ValidateCode: Class<Validates> }) => {
    const { validate } = ValidateCode.prototype;
    ValidateCode.prototype.validate = function (this: Validates, use) {
      const look = { requestId: use.requestId, lookedAtMs: 0 };
      return looking.run(look, async () => {
        const decision = await validate.call(this, use);
        if (decision.allowed) process.send?.(look satisfies SecondLook);
        return decision;
      });
    };
  },
  'freshness/dist/lease-keeper.js': ({ LeaseKeeper }: { LeaseKeeper: Class<Looks> }) => {
    const { stillFresh } = LeaseKeeper.prototype;
    LeaseKeeper.prototype.stillFresh = function (this: Looks, captured) {
      const look = looking.getStore();
      if (look !== undefined) look.lookedAtMs = hostMs();
      return stillFresh.call(this, captured);
    };
  },
};

interface Class<T> {
  readonly prototype: T;
}
interface Validates {
  validate: (this: Validates, use: { readonly requestId: string }) => Promise<{ readonly allowed: boolean }>;
}
interface Looks {
  stillFresh: (this: Looks, captured: object) => boolean;
}

const looking = new AsyncLocalStorage<{ requestId: string; lookedAtMs: number }>();

/** Changes the text of a file; a mutant that the product has outgrown ends the process. */
const edited = (url: string, source: string, edits: readonly Edit[]): string => {
  let text = source;
  for (const { file, from, to } of edits.filter((edit) => url.endsWith(edit.file))) {
    if (text.split(from).length !== 2) throw new Error(`the mutant "${planted.mutant}" does not fit ${file} any more`);
    text = text.replace(from, () => to);
  }
  const watch = Object.keys(watches).find((file) => url.endsWith(file));
  return watch === undefined ? text : `${text}\n;globalThis.openclawWatches[${JSON.stringify(watch)}](exports);\n`;
};

const OURS = /\/(libs|apps)\/[^/]+\/dist\//;

const plantCode = (): void => {
  const edits = planted.mutant === undefined ? [] : MUTANTS[planted.mutant];
  if (edits === undefined) throw new Error(`there is no mutant "${planted.mutant}"`);
  Object.assign(globalThis, { openclawWatches: watches });
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!OURS.test(url) || loaded.source === undefined || loaded.source === null) return loaded;
      const source =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: edited(url, source, edits) };
    },
  });
};

const PAUSE_MS = 1000;

/** The wall clock as this process reads it. The monotonic one cannot be put wrong, and is what the promise stands on. */
const plantClock = (): void => {
  const trueMs = Date.now;
  const sound = { wallOffMs: 0, driftPercent: 0, backAfterPauseMs: 0 };
  let [fault, sinceMs, lookedMs] = [sound, performance.now(), performance.now()];
  Date.now = () => {
    const nowMs = performance.now();
    // A validator looks at its clock several times a second, for its renewals.
    if (nowMs - lookedMs > PAUSE_MS) fault = { ...fault, wallOffMs: fault.wallOffMs - fault.backAfterPauseMs };
    lookedMs = nowMs;
    return Math.floor(trueMs() + fault.wallOffMs + ((nowMs - sinceMs) * fault.driftPercent) / 100);
  };
  process.on('message', (order: WallFault | HeapSnapshot) => {
    if ('wallOffMs' in order) [fault, sinceMs] = [{ ...sound, ...order }, performance.now()];
  });
};

const plantSnapshots = (): void => {
  process.on('message', (order: WallFault | HeapSnapshot) => {
    if (!('heapSnapshot' in order)) return;
    writeHeapSnapshot(order.heapSnapshot);
    process.send?.(order);
  });
};

const plantSlowDisk = async (slowDiskMs: number): Promise<void> => {
  const file = await open(__filename);
  const prototype = Object.getPrototypeOf(file) as { write: (...given: unknown[]) => Promise<unknown> };
  await file.close();
  const { write } = prototype;
  prototype.write = async function (this: FileHandle, ...given) {
    const written: unknown = await Reflect.apply(write, this, given); // it is durable when it resolves
    await pause(slowDiskMs);
    return written;
  };
};

plantCode();
plantClock();
plantSnapshots();
// Whoever planted all this has gone: nobody else would end this process.
process.once('disconnect', () => process.exit());
process.channel?.unref();
if (planted.slowDiskMs !== undefined) void plantSlowDisk(planted.slowDiskMs);
