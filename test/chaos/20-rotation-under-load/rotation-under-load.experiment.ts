import { setTimeout as pause } from 'node:timers/promises';
import { rest } from '../../demo/clients';
import type { Conditions, Observation } from '../experiment';
import { type IssuedCode, MASTER_KEY, ServiceBed } from '../service/service-bed';
import type { ServiceProcess } from '../service/service-process';
import { type Subject, sideBySide } from '../side-by-side';
import { heldBy, hostMs } from '../workload/history';
import { huntCanaries } from './canary-hunt';
import { SecretUsers } from './secret-users';

const BOUND_MS = 1000;
const VALIDATORS = 2;
const GRACE_S = 2;
const LONG_GRACE_S = 600;
/** Grace ends by the clock of the log, which replicas know to within milliseconds; this is what the oracle allows. */
const TOLERANCE_MS = 250;
const INVARIANTS = ['I1', 'I6', 'valid in grace', 'dead after grace'];

const KEPT_SECRET = 'old secret kept after grace';
const DROPPED_SECRET = 'old secret dropped at once';
const KEPT_CODES = 'codes are kept in memory';

/** INVARIANTS experiment 20: a code is rotated while it is used, and revoked inside the grace; then its secrets are hunted. */
export const rotationUnderLoad = sideBySide({
  number: 20,
  title: 'a code is rotated and revoked under load; its secrets and its key are hunted in every sink and in the heap',
  invariants: INVARIANTS,
  mutants: {
    [KEPT_SECRET]: ['dead after grace'],
    [DROPPED_SECRET]: ['valid in grace'],
    [KEPT_CODES]: ['I6'],
  },
  async run(conditions, subjects) {
    return ServiceBed.onSharedKafka({ boundMs: BOUND_MS }, async (bed, brokers) => {
      const rotate = async (subject: Subject, index: number): Promise<readonly [Subject, Observation]> => {
        const rotated = new RotatedCodes(conditions, bed, await placeOf(bed, subject, index));
        const rounds = conditions.size === 'long' && subject === undefined ? 6 : 1;
        for (let round = 0; round < rounds; round += 1) {
          await rotated.rotate();
          await rotated.revokeInGrace();
        }
        if (subject === undefined || subject === KEPT_CODES) await rotated.hunt(brokers);
        return [subject, rotated.observed()];
      };
      return new Map(await Promise.all(subjects.map(rotate)));
    });
  },
});

/** Where codes are rotated, and who judges them. */
interface Place {
  readonly issuer: string;
  readonly validators: readonly ServiceProcess[];
}

const placeOf = async (bed: ServiceBed, subject: Subject, index: number): Promise<Place> => {
  const planted = { mutant: subject };
  const count = subject === undefined ? VALIDATORS : 1;
  const names = Array.from({ length: count }, (_, i) => `validator-${index}-${i}`);
  const validators = await Promise.all(names.map((name) => bed.startValidator({ name, planted })));
  const isOwn = subject === DROPPED_SECRET;
  return {
    validators,
    issuer: isOwn ? await bed.startIssuer('issuer-2', planted) : (bed.issuer.listens['http'] ?? ''),
  };
};

class RotatedCodes {
  readonly #violations: string[] = [];
  readonly #counts = { rotated: 0, uses: 0, usesAfterGrace: 0, usesAfterRevocation: 0, searchedMib: 0 };
  readonly #canaries: Record<string, string> = { 'the master key': MASTER_KEY };
  readonly #addresses: readonly string[];

  constructor(
    private readonly conditions: Conditions,
    private readonly bed: ServiceBed,
    private readonly place: Place,
  ) {
    this.#addresses = place.validators.map(({ listens }) => listens['grpc'] ?? '');
  }

  /** Both secrets are good until the grace has ended, and only the new one after it. */
  async rotate(): Promise<void> {
    const { before, after, users, rotatedAtMs } = await this.#rotateUsed(GRACE_S);
    const endsAtMs = rotatedAtMs + GRACE_S * 1000;
    await pause(endsAtMs + 2 * TOLERANCE_MS + BOUND_MS - hostMs());
    await Promise.all([before.stop(), after.stop()]);
    const refused = [
      ...before.refusedBefore(endsAtMs - TOLERANCE_MS),
      ...after.refusedBefore(Number.POSITIVE_INFINITY),
    ];
    this.#mustHold(refused.length === 0, `valid in grace: ${refused.length} uses were answered ${refused[0]}`);
    const late = before.after(endsAtMs + TOLERANCE_MS);
    this.#mustHold(late.allowed === 0, `dead after grace: the old secret was allowed ${late.allowed} times`);
    this.#mustHold(late.sent > 0, 'dead after grace: nobody has used the old secret then');
    this.#counts.usesAfterGrace += late.sent;
    this.#counts.uses += users();
  }

  /** Neither secret is good later than the bound after the revocation. */
  async revokeInGrace(): Promise<void> {
    const { before, after, users, code } = await this.#rotateUsed(LONG_GRACE_S);
    await pause(this.conditions.random.between(50, 400));
    const revokedAtMs = await this.bed.revoke(code);
    await pause(BOUND_MS + TOLERANCE_MS);
    await Promise.all([before.stop(), after.stop()]);
    for (const secret of [before, after]) {
      const late = secret.after(revokedAtMs + BOUND_MS);
      this.#mustHold(
        late.allowed === 0 && late.sent > 0,
        `I1: ${late.allowed} of ${late.sent} uses sent after L were allowed`,
      );
      this.#counts.usesAfterRevocation += late.sent;
    }
    this.#counts.uses += users();
  }

  async hunt(brokers: readonly string[]): Promise<void> {
    const [validator] = this.place.validators;
    if (validator === undefined) throw new RangeError('no validator');
    const { found, searchedBytes } = await huntCanaries(this.#canaries, { bed: this.bed, brokers, validator });
    for (const one of found) this.#violations.push(`I6: ${one}`);
    this.#counts.searchedMib = Math.round(searchedBytes / 1024 / 1024);
  }

  observed(): Observation {
    this.conditions.note(JSON.stringify(this.#counts));
    return { counts: this.#counts, held: heldBy(INVARIANTS, this.#violations), violations: this.#violations };
  }

  /** A code that is used while it gets a new secret; from then on both are used. */
  async #rotateUsed(graceSeconds: number) {
    const { bed } = this;
    const code = await bed.issue();
    const before = this.#use(code);
    await pause(this.conditions.random.between(100, 300));
    const askedAtMs = hostMs();
    const call = rest(this.place.issuer, bed.tokens.operator);
    const { body } = await call('POST', `/v1/codes/${code.codeId}/rotate`, { graceSeconds });
    const fresh: IssuedCode = { ...code, code: String(body['code']), position: String(body['position']) };
    const after = this.#use(fresh);
    this.#counts.rotated += 1;
    const name = `code ${this.#counts.rotated}`;
    Object.assign(this.#canaries, { [`${name}, old`]: code.code, [`${name}, new`]: fresh.code });
    // The grace began while the answer was on its way: the earliest instant is the one to be good from.
    return { before, after, code, rotatedAtMs: askedAtMs, users: () => before.count + after.count };
  }

  #use({ code, position: minPosition }: IssuedCode): SecretUsers {
    return new SecretUsers(this.#addresses, this.bed.tokens.auditor, { code, minPosition });
  }

  #mustHold(isSo: boolean, otherwise: string): void {
    if (!isSo) this.#violations.push(otherwise);
  }
}
