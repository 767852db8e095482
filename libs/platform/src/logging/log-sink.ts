import { logs, SeverityNumber } from '@opentelemetry/api';
import { redact } from './redact';
import { type LogLine, parseLogLine, terminalLine } from './terminal-line.parser';

const SEVERITY: Readonly<Record<string, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};
/** What the log record of OpenTelemetry has members of its own for. */
const MEMBERS = new Set(['time', 'level', 'service', 'msg', 'trace_id', 'span_id']);

/** What telemetry says of itself is written but not exported: a failing export must not make the next one. */
export const TELEMETRY_TROUBLE = 'telemetry does not get through';

/** `auto`: for people on a terminal, else JSON. */
export type LogFormat = 'auto' | 'json' | 'text';

/** Standard output, or what stands for it. */
export interface LogOutput {
  readonly isTTY: boolean;
  write(text: string): boolean;
}

/**
 * Where every line of the log leaves the process: redacted first, then written, and handed to OpenTelemetry, which
 * does nothing with it unless it was started.
 */
export const logSink = (format: LogFormat, out: LogOutput = process.stdout) => {
  const isForPeople = format === 'text' || (format === 'auto' && out.isTTY);
  return {
    write: (text: string): void => {
      const redacted = redact(text);
      const line = parseLogLine(redacted);
      out.write(isForPeople && line !== undefined ? `${terminalLine(line)}\n` : redacted);
      if (line !== undefined && line['msg'] !== TELEMETRY_TROUBLE) emit(line);
    },
  };
};

const emit = (line: LogLine): void => {
  const level = String(line['level']);
  logs.getLogger('openclaw').emit({
    severityText: level,
    severityNumber: SEVERITY[level] ?? SeverityNumber.UNSPECIFIED,
    body: String(line['msg']),
    attributes: Object.fromEntries(
      Object.entries(line).flatMap(([name, value]) =>
        MEMBERS.has(name) ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
      ),
    ),
  });
};
