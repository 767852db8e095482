import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedSystem } from '../demo/embedded-system';
import { startKafkaSystem } from '../demo/kafka-system';
import { Tour } from '../demo/tour';

const TOUR_MS = 180_000;

describe('the tour, through the public interfaces of built services', () => {
  it.each([
    ['one process on the embedded PostgreSQL', startEmbeddedSystem],
    ['four processes on a real Kafka and PostgreSQL', startKafkaSystem],
  ])(
    '%s: every step is seen as promised',
    async (_, start) => {
      const folder = mkdtempSync(join(tmpdir(), 'openclaw-tour-'));
      const system = await start(folder);
      try {
        const steps = await new Tour(system, () => undefined).run();
        expect(steps.filter(({ ok }) => !ok)).toEqual([]);
        expect(steps.length).toBeGreaterThanOrEqual(25);
      } finally {
        await system.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    TOUR_MS,
  );
});
