import { ProducerAccounts } from '../../../apps/audit/src/account-producers/producer-accounts';

/** Each breaks exactly one rule of the audit in this process, before it starts. */
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
};

/** The last renewal may not have told of everything. */
const LATE = 1000;

export const plantInAudit = (mutant: string): void => {
  const change = MUTANTS[mutant];
  if (change === undefined) throw new Error(`no mutant "${mutant}"`);
  change();
};
