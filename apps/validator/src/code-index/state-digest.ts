import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KEY_WORDS, hexOfKey } from '@openclaw/flat-memory';
import type { FlatCodes } from './flat-codes';
import { CODE, FOLD_VERSION, ROLE, SECRET } from './layout';

/** Entries between two looks at the clock, and how long one turn may take, milliseconds. */
const ENTRIES_A_LOOK = 100;
const TURN_MS = 5;

/**
 * SHA-256 over everything that the state says, whatever order it came in and however it lies in memory: each stream with
 * its revision and what is known of it is hashed on its own, and the hashes are added up (modulo 2^32 in each of eight
 * words: an order-free comparison of honest replicas, not a defence against forged states). About 5 microseconds a
 * stream, in turns of 5 ms. Undefined when `isSame` no longer holds: the state moved meanwhile; ask again.
 */
export const stateDigest = async (state: FlatCodes, isSame: () => boolean): Promise<string | undefined> => {
  const sum = new Uint32Array(KEY_WORDS);
  let turnEndsMs = performance.now() + TURN_MS;
  let entries = 0;
  for (const entry of entriesOf(state)) {
    add(sum, entry);
    if ((entries += 1) % ENTRIES_A_LOOK !== 0 || performance.now() < turnEndsMs) continue;
    await nextTurn();
    if (!isSame()) return undefined;
    turnEndsMs = performance.now() + TURN_MS;
  }
  return hash('sha256', `${FOLD_VERSION} ${entries} ${sum.join(' ')}`, 'hex');
};

function* entriesOf(state: FlatCodes): Generator<string> {
  const { streams, store } = state;
  for (let stream = 0; stream < streams.records.size; stream += 1) {
    const { records } = streams;
    const note = streams.note(stream);
    const known = note % 2 === 1 ? codeEntry(state, (note - 1) / 2) : note / 2;
    yield JSON.stringify([
      hexOfKey(records.segment(stream), records.at(stream)), streams.signedRevision(stream), known,
    ]); // prettier-ignore
  }
  const { records } = store.secrets;
  for (let secret = 0; secret < records.size; secret += 1) {
    const code = records.get(secret, SECRET.code) - 1;
    if (code < 0 || store.role(secret) !== ROLE.guessed) continue;
    yield JSON.stringify(['guessed', store.id(code), hexOfKey(records.segment(secret), records.at(secret))]);
  }
}

const codeEntry = ({ store }: FlatCodes, code: number): unknown => {
  const known = [store.id(code), store.codes.get(code, CODE.revision), store.isQuarantined(code)];
  return [...known, store.read(code)];
};

const add = (sum: Uint32Array, entry: string): void => {
  const digest = hash('sha256', entry, 'buffer');
  for (let word = 0; word < sum.length; word += 1) sum[word] = (sum[word] ?? 0) + digest.readUInt32LE(4 * word);
};
