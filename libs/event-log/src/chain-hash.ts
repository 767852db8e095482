import { hash } from 'node:crypto';

const HASH_BYTES = 32;

/** h(-1): 32 zero bytes. */
export const GENESIS_CHAIN_HASH = '0'.repeat(2 * HASH_BYTES);

/**
 * The chain hash of a log: h(n) = SHA-256(h(n-1) || value n), over accepted, superseded and unparsable records alike.
 * Equal position and equal chain hash mean equal history (INVARIANTS I17).
 */
export class ChainHash {
  #scratch = Buffer.alloc(4096);
  #current: Buffer;

  constructor(hex: string = GENESIS_CHAIN_HASH) {
    this.#current = Buffer.from(hex, 'hex');
  }

  update(value: Uint8Array): void {
    const bytes = HASH_BYTES + value.length;
    if (this.#scratch.length < bytes) this.#scratch = Buffer.alloc(2 * bytes);
    this.#current.copy(this.#scratch);
    this.#scratch.set(value, HASH_BYTES);
    this.#current = hash('sha256', this.#scratch.subarray(0, bytes), 'buffer');
  }

  hex(): string {
    return this.#current.toString('hex');
  }
}
