import { ProducerAccounts } from '../../../apps/audit/src/account-producers/producer-accounts';
import { MasterKeyValues } from '../../../apps/issuer/src/keep-value/master-key-values';
import { tell } from '../workload/child';

/** The last renewal may not have told of everything. */
const LATE = 1000;

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
