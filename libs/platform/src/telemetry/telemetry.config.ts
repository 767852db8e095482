import { z } from 'zod';
import { ConfigRefused, flag, readConfig } from '../config/read-config';

/** Where traces, metrics and logs may be sent: the variables of the OpenTelemetry specification. */
const ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
] as const;

const variables = z.object({
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_SDK_DISABLED: flag,
  OTEL_CONFIG_FILE: z.never({ message: 'not read here: set the OTEL_ variables instead' }).optional(),
  OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: flag,
});

export interface TelemetryConfig {
  readonly serviceName: string;
}

/**
 * Reads what is needed to start OpenTelemetry; undefined = off, because no endpoint is named. Throws `ConfigRefused`,
 * also for plain text beyond this machine that was not asked for. Everything else is the SDK's: samplers, intervals,
 * headers, `OTEL_EXPORTER_OTLP_PROTOCOL`.
 */
export const telemetryConfig = (
  service: string,
  env: Readonly<Record<string, string | undefined>>,
): TelemetryConfig | undefined => {
  const named = ENDPOINTS.filter((name) => (env[name] ?? '') !== '');
  if (named.length === 0) return undefined;
  const values = readConfig(variables, env);
  if (values.OTEL_SDK_DISABLED) return undefined;
  const isAllowed = values.OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK;
  const faults = named.flatMap((name) => faultOf(name, env[name] ?? '', isAllowed));
  if (faults.length > 0) throw new ConfigRefused(faults);
  return { serviceName: values.OTEL_SERVICE_NAME ?? `openclaw-${service}` };
};

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

const faultOf = (name: string, text: string, isPlainTextAllowed: boolean): readonly string[] => {
  if (!URL.canParse(text)) return [`${name}: not an address: give such as http://127.0.0.1:4318`];
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return [];
  if (protocol !== 'http:') return [`${name}: not an http:// or https:// address: give such as http://127.0.0.1:4318`];
  if (isPlainTextAllowed || LOOPBACK.has(hostname)) return [];
  return [
    `${name}: ${hostname} is not loopback and http is plain text: give an https:// address, ` +
      `or say OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK=true because something else encrypts`,
  ];
};
