import type { LoggerService } from '@nestjs/common';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import { type LogFormat, logSink } from './log-sink';

/** Names under which something secret could be logged by mistake. Redaction is the last wall, not the first. */
const REDACTED = [
  'code',
  'secret',
  'token',
  'authorization',
  'password',
  'codeHash',
  'tokenHash',
  'value',
  'masterKey',
];

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export interface Logger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/**
 * Structured logs: one JSON object a line on stdout (lines for people on a terminal), with `service` and, within a
 * trace, its ids. Members with a secret's name and everything that looks like a secret are replaced at the sink.
 */
export const createLogger = (service: string, level = process.env['OPENCLAW_LOG_LEVEL'] ?? ''): Logger =>
  pino(
    {
      level: LEVELS.includes(level) ? level : 'info',
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceOfNow,
      redact: { paths: [...REDACTED, ...REDACTED.map((name) => `*.${name}`)], censor: '[redacted]' },
    },
    logSink(formatOf(process.env['OPENCLAW_LOG_FORMAT'])),
  );

const formatOf = (text: string | undefined): LogFormat => (text === 'json' || text === 'text' ? text : 'auto');

/** What is wrong with the variables of the log; until that is mended, it is written as by default. */
export const logSettingFaults = (env: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const { OPENCLAW_LOG_LEVEL: level = '', OPENCLAW_LOG_FORMAT: format = '' } = env;
  return [
    ...(level === '' || LEVELS.includes(level) ? [] : [`OPENCLAW_LOG_LEVEL: say one of ${LEVELS.join(', ')}`]),
    ...(['', 'auto', 'json', 'text'].includes(format) ? [] : ['OPENCLAW_LOG_FORMAT: say auto, json or text']),
  ];
};

const traceOfNow = (): object => {
  const at = trace.getActiveSpan()?.spanContext();
  return at === undefined || !isSpanContextValid(at) ? {} : { trace_id: at.traceId, span_id: at.spanId };
};

/** Nest's own messages through the same logger; its start-up chatter goes to debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(): void {
    // Nest tells every route and module at start; the address line that operators need is written by the app itself.
  }

  error(message: unknown): void {
    this.logger.error({}, String(message));
  }

  warn(message: unknown): void {
    this.logger.warn({}, String(message));
  }
}
