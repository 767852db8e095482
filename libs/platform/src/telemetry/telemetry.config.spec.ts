import { ConfigRefused } from '../config/read-config';
import { telemetryConfig } from './telemetry.config';

const faultsOf = (env: Readonly<Record<string, string>>): readonly string[] => {
  try {
    telemetryConfig('issuer', env);
    return [];
  } catch (error) {
    if (error instanceof ConfigRefused) return error.faults;
    throw error;
  }
};

describe('configuration of telemetry', () => {
  it('is off unless an endpoint is named, and can be switched off', () => {
    expect(telemetryConfig('issuer', { OTEL_SERVICE_NAME: 'x' })).toBeUndefined();
    expect(telemetryConfig('issuer', { OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' };
    expect(telemetryConfig('issuer', env)).toBeUndefined();
  });

  it.each(['http://127.0.0.1:4318', 'http://[::1]:4318', 'http://localhost:4318', 'https://collector.example:4318'])(
    'takes %s',
    (url) => {
      expect(telemetryConfig('issuer', { OTEL_EXPORTER_OTLP_ENDPOINT: url })).toEqual({
        serviceName: 'openclaw-issuer',
      });
    },
  );

  it.each([
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  ])('refuses plain text beyond this machine in %s unless it is asked for', (name) => {
    const env = { [name]: 'http://collector.example:4318' };
    expect(faultsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${name}: collector.example is not loopback`))]);
    expect(faultsOf({ ...env, OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: 'true' })).toEqual([]);
  });

  it('says what is wrong with an address that is none, and refuses a file of settings that it would not check', () => {
    expect(faultsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toEqual([
      expect.stringContaining('give such as http://127.0.0.1:4318'),
    ]);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_CONFIG_FILE: '/x.yaml' };
    expect(faultsOf(env)).toEqual([expect.stringContaining('OTEL_CONFIG_FILE: not read here')]);
  });
});
