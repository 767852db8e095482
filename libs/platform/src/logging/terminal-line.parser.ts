/** A line of the structured log, read back. */
export type LogLine = Readonly<Record<string, unknown>>;

/** Undefined when the text is no line of ours. */
export const parseLogLine = (text: string): LogLine | undefined => {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? (line as LogLine) : undefined;
  } catch {
    return undefined;
  }
};

const SHOWN_APART = new Set(['time', 'level', 'service', 'msg']);

/** The line for people: time of day, level, service, message, then the facts. */
export const terminalLine = (line: LogLine): string => {
  const facts = Object.entries(line).flatMap(([name, value]) =>
    SHOWN_APART.has(name) ? [] : [`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  const { time, level, service, msg } = line;
  const day = String(time).slice(11, 23);
  return [day, String(level).toUpperCase().padEnd(5), String(service).padEnd(9), String(msg), ...facts].join(' ');
};
