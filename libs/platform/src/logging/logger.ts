import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';

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

export interface Logger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Structured logs (one JSON object a line on stdout) with redaction; `service` names the app. */
export const createLogger = (service: string, level = process.env['OPENCLAW_LOG_LEVEL'] ?? 'info'): Logger =>
  pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...REDACTED, ...REDACTED.map((name) => `*.${name}`)], censor: '[redacted]' },
  });

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
