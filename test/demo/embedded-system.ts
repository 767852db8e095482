import { killApp, readToken, startApp, stopApp, type System } from './system';

const FREE_PORTS = {
  OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0',
  OPENCLAW_VALIDATOR_GRPC_LISTEN: '127.0.0.1:0',
  OPENCLAW_VALIDATOR_HTTP_LISTEN: '127.0.0.1:0',
  OPENCLAW_AUDIT_HTTP_LISTEN: '127.0.0.1:0',
  OPENCLAW_ANOMALY_HTTP_LISTEN: '127.0.0.1:0',
};

export interface EmbeddedSystem extends System {
  readonly issuerGrpc: string;
  readonly validatorHttp: string;
  /** As a crash does. */
  kill(): Promise<void>;
}

/** `npm start` in a data folder: everything in one process, the log on the embedded PostgreSQL. */
export const startEmbeddedSystem = async (
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedSystem> => {
  const env = { ...FREE_PORTS, ...settings, OPENCLAW_LOG: 'postgres', OPENCLAW_DATA_DIR: dataDir };
  const suite = await startApp('suite', env, (line) => line.includes('service token'));
  const said = new Map(
    suite.lines.map((line) => [
      line
        .trim()
        .replace(/ {2,}.*| \S+$/, '')
        .trim(),
      line.trim().split(/\s+/).at(-1) ?? '',
    ]),
  );
  const at = (what: string): string => {
    const found = said.get(what);
    if (found === undefined) throw new Error(`the suite did not say where ${what} is: ${suite.lines.join(' | ')}`);
    return found;
  };
  const serviceTokenFile = at('service token');
  return {
    issuer: at('issuer http'),
    issuerGrpc: at('issuer grpc'),
    validatorHttp: at('validator http'),
    validator: at('validator grpc'),
    audit: at('audit http'),
    anomaly: at('anomaly http'),
    operatorToken: readToken(at('operator token')),
    serviceToken: readToken(serviceTokenFile),
    auditorToken: readToken(serviceTokenFile.replace(/service-token$/, 'auditor-service-token')),
    stop: () => stopApp(suite),
    kill: () => killApp(suite),
  };
};
