import type { Check, Defines } from './check';

type File = Check['file'];

const model = (name: string, file: File, guarantee: string, defines: Defines): Check => ({
  name,
  guarantee,
  kind: 'model',
  file,
  defines,
});
/** MUTANT switches the lemmas off: a mutant has to break the promise itself. */
const mutant = (file: File, macro: string, name: string, bounds: Defines = {}): Check => ({
  name,
  guarantee: `${name}: breaks the promise, and the ${file} model sees it`,
  kind: 'mutant',
  file,
  defines: { MUTANT: 1, [macro]: 1, ...bounds },
});
const reach = (file: File, macro: string, name: string): Check => ({
  name,
  guarantee: `the ${file} model gets to the interesting part: ${name}`,
  kind: 'reach',
  file,
  defines: { MUTANT: 1, [macro]: 1 },
});

const FRESHNESS = 'no allow passes its second look later than L after the acknowledgement of the revocation (I1, I13)';
const RECEIPTS = 'after a complete receipt nobody begins an allow on an older state; it is complete within L';
const ACCEPTANCE = 'not done is never accepted later, done is, one winner a revision, revoke in one append (I14, I15)';
const CLAIMERS = "no rate of uses of a code refuses its operator's command (I15)";
const RECREATED =
  'offset 0 needs a covering record too, so even a deleted coordination topic breaks nothing, if writers restart';

/** Bounds of CI: less than a minute on two cores. The longest first; the small ones fill the gaps beside them. */
export const models: readonly Check[] = [
  model('freshness', 'freshness', FRESHNESS, { COORD: 4 }),
  model('receipts', 'receipts', RECEIPTS, { COORD: 3 }),
  model('acceptance', 'acceptance', ACCEPTANCE, { EVENTS: 4, LOG: 5 }),
  model('acceptance among claimers', 'acceptance', CLAIMERS, { CLAIMERS: 1, WRITERS: 3 }),
  model('freshness, recreated topic', 'freshness', RECREATED, { COORD: 3, M_RECREATED: 1 }),
];

/** `--large`: the same promises at larger bounds, on top; minutes each, gigabytes of memory each. */
export const largeModels: readonly Check[] = [
  model('freshness, 5 coordination records', 'freshness', FRESHNESS, { COORD: 5 }),
  model('freshness, 3 writers at once', 'freshness', FRESHNESS, { COORD: 4, WRITERS: 3 }),
  model('freshness, L = 3 ticks', 'freshness', FRESHNESS, { COORD: 4, L: 3 }),
  model('receipts, 4 coordination records', 'receipts', RECEIPTS, { COORD: 4 }),
  model('acceptance, 6 records on the log', 'acceptance', ACCEPTANCE, { LOG: 6 }),
  model('acceptance, 3 writers', 'acceptance', ACCEPTANCE, { WRITERS: 3 }),
];

const freshnessMutants: readonly Check[] = [
  mutant('freshness', 'M_FETCH', 'lease from a fetch'),
  mutant('freshness', 'M_HEAD_AFTER_ANSWER', 'head after the answer'),
  mutant('freshness', 'M_REPEAT_WITHOUT_HEAD', 'a repeat answered without a head'),
  mutant('freshness', 'M_READBACK_COUNTED', 'lease counted from the read-back'),
  mutant('freshness', 'M_ACK_COUNTED', 'lease counted from the produce acknowledgement'),
  mutant('freshness', 'M_ACK_UNREAD', 'lease at the produce acknowledgement, not read back'),
  mutant('freshness', 'M_HEADS_NOT_READ', 'heads not read'),
  mutant('freshness', 'M_APPLIED_NOT_AWAITED', 'applied not awaited'),
  mutant('freshness', 'M_MATCH_BY_ID', 'matched by validator id, not by nonce'),
  mutant('freshness', 'M_NO_SECOND_LOOK', 'no second look'),
  mutant('freshness', 'M_SECOND_LOOK_NEWER', 'second look at a newer lease'),
  mutant('freshness', 'M_NO_COVERS', 'start-up without covers'),
  mutant('freshness', 'M_COVERS_AFTER_MARKER', 'covers noted after the marker'),
  mutant('freshness', 'M_COVERS_BEYOND_POSITION', 'covers beyond the position that the head carries'),
  mutant('freshness', 'M_COVERS_UNCOVERED', 'covers passed on by a reader that is not covered'),
  mutant('freshness', 'M_HOLE_IGNORED', 'a hole ignored'),
  mutant('freshness', 'M_KAFKAJS_IDEMPOTENCE', 'a head dropped as a duplicate, yet acknowledged (kafkajs idempotence)'),
  mutant('freshness', 'M_RECREATED', 'offset 0 trusted without a covering record (a recreated topic)', { BASE: 0 }),
];

const receiptsMutants: readonly Check[] = [
  mutant('receipts', 'M_BEFORE_OWN_HEAD', 'receipt judged before the own head is read back'),
  mutant('receipts', 'M_PER_VALIDATOR', 'receipt per validator id, not per incarnation'),
  mutant('receipts', 'M_RENEWED_AFTER_IS_DONE', '"renewed after my head" taken as done'),
  mutant('receipts', 'M_LEASE_BEYOND_RENEWAL', 'a lease longer than the bound that its renewal names'),
  mutant('receipts', 'M_BLIND_FORGOTTEN', 'renewals lost before they were read, and not waited for'),
];

const acceptanceMutants: readonly Check[] = [
  mutant('acceptance', 'M_TWO_RECORDS', 'two records an append'),
  mutant('acceptance', 'M_SECOND_WHILE_UNSETTLED', 'a second append while one is unsettled'),
  mutant('acceptance', 'M_FAILED_ON_UNKNOWN', '"failed" said on an unknown outcome'),
  mutant('acceptance', 'M_ACK_IS_DONE', '"done" said on an acknowledgement'),
  mutant('acceptance', 'M_REVOKE_CLAIMS', 'revoke with a claimed revision'),
  mutant('acceptance', 'M_CLAIMS_ON_CODE', 'claims on the stream of the code', { CLAIMERS: 1, WRITERS: 3 }),
  mutant('acceptance', 'M_FORGOTTEN', 'a forgotten revision'),
  mutant('acceptance', 'M_AHEAD', 'an append ahead of what was read, given up with its first copy', {
    EVENTS: 3,
    LOG: 4,
  }),
];

export const mutants: readonly Check[] = [...freshnessMutants, ...receiptsMutants, ...acceptanceMutants];

export const reaches: readonly Check[] = [
  reach('freshness', 'R_LEASE_BEHIND_EXPIRED', 'a lease whose reader began behind an expired prefix'),
  reach('freshness', 'R_LEASE_ON_NEW_STATE', 'a lease on the new state, later than L after the acknowledgement'),
  reach('freshness', 'R_ALLOW_UNTIL_L', 'an allow on the old state as late as L after the acknowledgement'),
  reach('receipts', 'R_COMPLETE_WHILE_LEASED', 'a receipt complete by one that is done and one that is expired'),
  reach('acceptance', 'R_LATE_COPY', 'a copy of a record that lands after its writer was told that it lost'),
];
