import { createServer } from 'node:net';
import { createLogger } from '../logging/logger';
import { startTelemetry } from './start-telemetry';

/** A port of this machine that nobody listens on. */
const closedPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

describe('telemetry whose collector is away', () => {
  const said: string[] = [];
  const before = process.env;

  beforeEach(() => {
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => said.push(String(chunk)) > 0);
  });
  afterEach(() => {
    process.env = before;
    jest.restoreAllMocks();
  });

  it('says so once, does not export that, and lets the service go on and end', async () => {
    process.env = {
      ...before,
      OPENCLAW_LOG_FORMAT: 'json',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}`,
      OTEL_BLRP_SCHEDULE_DELAY: '20',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    };
    const logger = createLogger('issuer');
    const telemetry = await startTelemetry('issuer', process.env, logger);
    const trouble = (): readonly string[] => said.filter((line) => line.includes('telemetry does not get through'));
    const giveUpMs = performance.now() + 10_000;
    for (let line = 0; line < 50 || (trouble().length === 0 && performance.now() < giveUpMs); line += 1) {
      logger.info({ line }, 'work');
      await new Promise((turn) => setTimeout(turn, 10));
    }
    expect(trouble()).toHaveLength(1);
    await telemetry.close();
    const written = said.length;
    logger.info({}, 'the end');
    expect(said.slice(written)).toEqual([expect.stringContaining('"msg":"the end"')]);
    expect(trouble()).toHaveLength(1);
  });
});
