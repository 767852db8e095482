/* eslint-disable @typescript-eslint/unbound-method -- what is taken off a prototype is called with its object */
import crypto from 'node:crypto';
import { usageCodec } from '@openclaw/contracts';
import { LeaseKeeper, RenewalBook } from '@openclaw/freshness';
import { Client } from 'pg';
import { SpooledUsage } from '../../../apps/validator/src/usage/spooled-usage';
import { ValidateCode } from '../../../apps/validator/src/validate-code/validate-code';

type Environment = Readonly<Record<string, string>>;

/** Each breaks exactly one rule of the validator in this process, before it starts. */
const MUTANTS: Readonly<Record<string, (environment: Environment) => void>> = {
  'answered before durable': () => {
    const { keep } = SpooledUsage.prototype;
    SpooledUsage.prototype.keep = function (record) {
      keep.call(this, record).catch(() => undefined);
      return Promise.resolve();
    };
  },
  'strict answers before the log has it': () => {
    const { open } = SpooledUsage;
    SpooledUsage.open = (options) => open({ ...options, durability: 'fsync' });
  },
  'a full spool drops records': () => {
    const { takes, keep } = SpooledUsage.prototype;
    SpooledUsage.prototype.takes = () => true;
    SpooledUsage.prototype.keep = function (record) {
      return takes.call(this) ? keep.call(this, record) : Promise.resolve();
    };
  },
  'no second look after the spool': () => {
    LeaseKeeper.prototype.stillFresh = () => true;
  },
  'second look at a newer lease': () => {
    LeaseKeeper.prototype.stillFresh = function () {
      return this.capture() !== undefined;
    };
  },
  'producer id reused': () => {
    const { randomUUID } = crypto;
    crypto.randomUUID = (...given) =>
      new Error('who asks').stack?.includes('lease-keeper') === true
        ? '11111111-2222-4333-8444-555555555555'
        : randomUUID(...given);
  },
  'validation asks the secret store': (environment) => {
    const { validate } = ValidateCode.prototype;
    const client = new Client({ connectionString: environment['OPENCLAW_SECRETS_URL'] });
    const connected = client.connect();
    ValidateCode.prototype.validate = async function (use) {
      await connected;
      await client.query('SELECT count(*) FROM openclaw_secrets.secrets').catch(() => undefined);
      return validate.call(this, use);
    };
  },
  'a spool that is gone is overlooked': () => {
    RenewalBook.prototype.all = () => [];
  },
  'closed from a lost spool': () => {
    const { encode } = usageCodec;
    Object.assign(usageCodec, {
      encode: (event: Parameters<typeof encode>[0]) => {
        if (event.type !== 'ProducerLost') return encode(event);
        const { producer, lastKnown: last, declaredBy: closedBy } = event.data;
        return encode({ type: 'ProducerClosed', data: { producer, sequence: last + 1, last, closedBy } });
      },
    });
  },
};

export const plant = (mutant: string, environment: Environment): void => {
  const change = MUTANTS[mutant];
  if (change === undefined) throw new Error(`no mutant "${mutant}"`);
  change(environment);
};
