import { createInterface } from 'node:readline';
import { startValidator, validatorConfig } from '@openclaw/validator';
import { orderOf, tell } from '../workload/child';
import { FaultyDisk } from './faulty-disk';
import { plant } from './mutants';
import type { DiskState, ValidatorOrder } from './validator.protocol';

/** The real validator service in a process of its own, on a disk that can hang and fail, perhaps with one rule broken. */
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

const main = async (): Promise<void> => {
  const { environment, mutant } = orderOf<ValidatorOrder>();
  if (mutant !== undefined) plant(mutant, environment);
  const disk = await FaultyDisk.install();
  const app = await startValidator(validatorConfig(environment), SILENT);
  createInterface({ input: process.stdin })
    .on('line', (line) => disk.set((JSON.parse(line) as DiskState).disk))
    .once('close', () => void app.close().then(() => process.exit(0)));
  tell({ grpc: app.listens['grpc'] });
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
