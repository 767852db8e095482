/* eslint-disable @typescript-eslint/unbound-method -- what is taken off a prototype is called with its object */
import { setTimeout as pause } from 'node:timers/promises';
import { CatchUpSubscription, StoreUnavailable } from '@openclaw/consumers';
import { ReadModels } from '@openclaw/read-models-postgres';
import { ProducerAccounts } from '../../../apps/audit/src/account-producers/producer-accounts';
import { MasterKeyValues } from '../../../apps/issuer/src/keep-value/master-key-values';
import { tell } from '../workload/child';

/** The last renewal may not have told of everything. */
const LATE = 1000;
/** As long as a commit takes on a busy disk: most of the time, the place is ahead of the rows. */
const ROWS_LATER_MS = 80;

/** Each breaks exactly one rule of the issuer or the audit in this process, before it starts. */
const MUTANTS: Readonly<Record<string, () => void>> = {
  'complete without a close': () => {
    const { list } = ProducerAccounts.prototype;
    ProducerAccounts.prototype.list = async function (...given) {
      const accounts = await list.apply(this, given);
      const isWhole = accounts.map(({ partitions }) =>
        partitions.every(({ recorded, floor }) => recorded >= floor - LATE),
      );
      return accounts.map((one, i) => (isWhole[i] === true ? { ...one, verdict: 'complete', window: null } : one));
    };
  },
  'lag told from what was read': () => {
    CatchUpSubscription.prototype.measuredLag = async function () {
      return { ...this.lag(), records: 0, behindForMs: 0 };
    };
  },
  'place saved before the rows': () => {
    const { store } = ReadModels.prototype;
    ReadModels.prototype.store = function (definition, generation, partition = 0) {
      const real = store.call(this, definition, generation, partition);
      const commit = real.commit.bind(real);
      let placed = -1;
      real.commit = async (batch) => {
        if (batch.checkpoint.position <= placed) return; // it is there, as far as the place tells
        await commit({ ...batch, apply: [] });
        placed = batch.checkpoint.position;
        await pause(ROWS_LATER_MS);
        for (const row of batch.apply.flatMap((entry) => definition.rows(entry, partition))) {
          const values = row.map((_, i) => `$${i + 1}`).join(', ');
          const table = `${generation.schema}.${definition.table}_g${generation.number}`;
          await this.pool
            .query(`INSERT INTO ${table} (${definition.columns.join(', ')}) VALUES (${values})`, [...row])
            .catch((cause: unknown) => {
              throw new StoreUnavailable('the rows were not written', { cause });
            });
        }
      };
      return real;
    };
  },
  'a fault tells the value': () => {
    const { referTo } = MasterKeyValues.prototype;
    MasterKeyValues.prototype.referTo = async function (given, name) {
      try {
        return await referTo.call(this, given, name);
      } catch (error) {
        tell({ logged: `could not keep ${JSON.stringify(given)}` });
        throw error;
      }
    };
  },
};

export const plantInService = (mutant: string): void => {
  const change = MUTANTS[mutant];
  if (change === undefined) throw new Error(`no mutant "${mutant}"`);
  change();
};
