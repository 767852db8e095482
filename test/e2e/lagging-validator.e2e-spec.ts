import { KafkaProxy } from '../chaos/network/kafka-proxy';
import { ServiceBed } from '../chaos/service/service-bed';
import type { ServiceProcess } from '../chaos/service/service-process';
import { type Said, ValidatorClient } from '../demo/clients';
import { BENCH_START_TIMEOUT_MS, sharedKafka } from '../testbench';

const BOUND_MS = 5000;
const VALIDATORS = 4;
/** How long a validator waits for a position (`read-up-to.ts`), and what a loaded machine adds. */
const WAIT_MS = 1000;
const SLACK_MS = 2000;
const BRIEF_MS = 300;

interface Standing {
  readonly validator: string;
}

describe('four validators on a real Kafka, one of them on a line of its own', () => {
  let kafka: Awaited<ReturnType<typeof sharedKafka>>;
  let line: KafkaProxy;
  let bed: ServiceBed;
  let validators: readonly ServiceProcess[];
  /** Of the validator whose line can be cut. */
  let lagging: ValidatorClient;

  beforeAll(async () => {
    kafka = await sharedKafka(1);
    line = await KafkaProxy.inFrontOf(kafka.brokers);
    bed = await ServiceBed.open({ brokers: kafka.brokers, boundMs: BOUND_MS });
    const start = (index: number) =>
      bed.startValidator({ name: `validator-${index}`, ...(index === 0 ? { brokers: line.brokers } : {}) });
    validators = await Promise.all(Array.from({ length: VALIDATORS }, (_, index) => start(index)));
    lagging = new ValidatorClient({ validator: validators[0]?.listens['grpc'] ?? '' }, bed.tokens.auditor);
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    lagging.close();
    await bed.close();
    await line.close();
    await kafka.stop();
  });

  /** Issues a code that the lagging validator has not read of. */
  const issuedBehindTheCut = async () => {
    line.cut();
    return bed.issue();
  };
  const timed = async (asked: Promise<Said>): Promise<Said & { readonly tookMs: number }> => {
    const sentMs = performance.now();
    const said = await asked;
    return { ...said, tookMs: performance.now() - sentMs };
  };
  const revoke = async () => {
    const { codeId } = await bed.issue();
    const { body } = await bed.call('POST', `/v1/codes/${codeId}/revoke?wait=all`, { reason: 'receipt' });
    return body['receipt'] as Record<'done' | 'expired' | 'missing', readonly Standing[]> & { complete: boolean };
  };
  const names = (standing: readonly Standing[]): readonly string[] =>
    standing.map(({ validator }) => validator).toSorted();

  it('min_position: a validator that lags waits for the new code instead of refusing it', async () => {
    const { code, position } = await issuedBehindTheCut();
    expect((await lagging.validate({ code })).verdict).toBe('DENIAL_REASON_UNKNOWN_CODE');
    const asked = timed(lagging.validate({ code, minPosition: position }));
    setTimeout(() => void line.heal(), BRIEF_MS);
    const { verdict, tookMs } = await asked;
    expect(verdict).toBe('allow');
    expect(tookMs).toBeGreaterThan(BRIEF_MS / 2);
  });

  it('min_position: it waits no longer than its bound, and then says that it cannot know', async () => {
    const { code, position } = await issuedBehindTheCut();
    const { verdict, tookMs } = await timed(lagging.validate({ code, minPosition: position }));
    await line.heal();
    expect(verdict).toMatch(/^14 UNAVAILABLE: openclaw\.validator\.position-not-reached/);
    expect(tookMs).toBeGreaterThan(WAIT_MS - 100);
    expect(tookMs).toBeLessThan(WAIT_MS + SLACK_MS);
    expect((await lagging.validate({ code, minPosition: position })).verdict).toBe('allow');
  });

  it('a receipt is complete when all four have applied the revocation, and names them', async () => {
    const { complete, done, expired, missing } = await revoke();
    expect({ complete, expired, missing }).toEqual({ complete: true, expired: [], missing: [] });
    expect(names(done)).toEqual(['validator-0', 'validator-1', 'validator-2', 'validator-3']);
  });

  it('a receipt names the validator that was killed, when the bound covers it: within L', async () => {
    await validators[3]?.kill();
    const sentMs = performance.now();
    const { complete, done, expired, missing } = await revoke();
    expect(performance.now() - sentMs).toBeLessThan(BOUND_MS + SLACK_MS);
    expect({ complete, expired: names(expired), missing }).toEqual({
      complete: true,
      expired: ['validator-3'],
      missing: [],
    });
    expect(names(done)).toEqual(['validator-0', 'validator-1', 'validator-2']);
  });
});
