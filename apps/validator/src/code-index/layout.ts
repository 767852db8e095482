import { KEY_WORDS } from '@openclaw/flat-memory';

/**
 * HOW THE CODE INDEX LIES IN MEMORY, and in a snapshot (docs/adr/0010). Numbers are words of 32 bits in the order of the
 * host; instants are floats of 64 bits, NaN = none. References are the number of a record plus one, 0 = none.
 *
 *   streams   one for each stream of the log: the SHA-256 of its name, its revision (negative = closed), and a note:
 *             0 = nothing more is known of it, odd = 2 x number of a code + 1, even = the state of a master key x 2
 *   codes     one for each code ever seen, ended ones too, 48 bytes: below
 *   secrets   one for each presented form that is known: the HMAC of the code, whose it is, in which role, until when
 *   texts     one for each different text: its SHA-256, length and address. Terms (what a code may do, `terms.ts`) and
 *             the ids of peppers are texts: codes with the same terms share one
 *   bytes     the texts themselves, and the ids of the codes
 *
 * Only `secrets` are ever freed. A text that nobody uses any more stays until the log is replayed.
 *
 * FOLD_VERSION is raised when any of this, or the meaning of an event, changes: older snapshots are then thrown away.
 */
export const FOLD_VERSION = 1;

/** The order in which a snapshot holds them. */
export const MEMORIES = ['streams', 'codes', 'secrets', 'texts', 'bytes'] as const;
export type MemoryName = (typeof MEMORIES)[number];

/** `idForm`: twice the length of the id in bytes, plus one when they are all ASCII. */
export const CODE = { revision: 0, state: 1, idAt: 2, idForm: 3, terms: 4, secret: 5, previous: 6, notBefore: 8, expiresAt: 10 } as const; // prettier-ignore
export const CODE_WORDS = 12;

/** `state` of a code: its status, and a bit for an event that this build cannot read. */
export const STATUS = { unissued: 0, active: 1, suspended: 2, revoked: 3 } as const;
export const STATUS_MASK = 3;
export const QUARANTINED = 4;

/** Words behind the key. */
export const SECRET = { code: KEY_WORDS, roleAndPepper: KEY_WORDS + 1, graceUntil: KEY_WORDS + 2 } as const;
export const SECRET_OWN_WORDS = 4;

/** What a secret is to its code. `guessed`: found in an event that this build cannot read; never allows anything. */
export const ROLE = { current: 0, previous: 1, guessed: 2 } as const;
export const ROLE_BITS = 2;

export const TEXT = { bytes: KEY_WORDS, at: KEY_WORDS + 1 } as const;
export const TEXT_OWN_WORDS = 2;

/** `note` of a master key's stream, times 2. */
export const MASTER_KEY = { unregistered: 0, active: 1, disabled: 2, revoked: 3 } as const;
export const MASTER_KEY_QUARANTINED = 4;
