import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Every fault of the configuration at once: variable, what is wrong with its value, what would be right. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
  constructor(readonly faults: readonly string[]) {
    super(`the configuration is refused:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads a configuration from environment variables, before any port opens. Throws `ConfigRefused` with every fault.
 * Values never appear in the message: a misplaced secret must not end in a log.
 */
export const readConfig = <Shape extends z.ZodType>(
  schema: Shape,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Shape> => {
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(filled);
  if (result.success) return result.data;
  throw new ConfigRefused(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`),
  );
};

/** `127.0.0.1:7100`, `[::1]:7100`; port 0 = any free one. */
export const anyListenAddress = z.string().transform((text, context): ListenAddress => {
  const found = /^(?:\[([0-9a-fA-F:]+)\]|([0-9a-zA-Z.-]+)):(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  if (found !== null && port <= 65_535) return { host: found[1] ?? found[2] ?? '', port };
  context.addIssue({ code: 'custom', message: 'use host:port, such as 127.0.0.1:7100 or [::1]:7100' });
  return z.NEVER;
});

export const listenAddress = (byDefault: string) => z.string().default(byDefault).pipe(anyListenAddress);

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export const printAddress = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Tells clients the interface: by default only on loopback, where no stranger is. */
export const reflectionWanted = (asked: boolean | undefined, { host }: ListenAddress): boolean =>
  asked ?? LOOPBACK.has(host);

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Plain text is for this machine only; beyond it, it must be asked for by name. */
export const refusePlainTextBeyondLoopback = (
  listens: Readonly<Record<string, ListenAddress>>,
  allowed: boolean,
): readonly string[] =>
  allowed
    ? []
    : Object.entries(listens)
        .filter(([, address]) => !LOOPBACK.has(address.host))
        .map(
          ([variable, address]) =>
            `${variable}: ${address.host} is not loopback and this listener is plain text: listen on 127.0.0.1, ` +
            `or say OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK=true because something else encrypts`,
        );

const yesOrNo = z.enum(['true', 'false'], { message: 'say true or false' });

export const flag = yesOrNo.default('false').transform((text) => text === 'true');
/** Undefined when it is not said. */
export const optionalFlag = yesOrNo.transform((text) => text === 'true').optional();

/** Whole milliseconds within bounds, from text. */
export const milliseconds = (byDefault: number, min: number, max: number) => {
  const message = `give whole milliseconds from ${min} to ${max}`;
  return z.coerce.number({ message }).int({ message }).min(min, { message }).max(max, { message }).default(byDefault);
};

/** A secret that lies in a file: read once, trimmed; the path may be shown, the content never. */
export const secretFile = z.string().transform((path, context) => {
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text.length > 0) return text;
    context.addIssue({ code: 'custom', message: `the file ${path} is empty` });
  } catch {
    context.addIssue({ code: 'custom', message: `the file ${path} cannot be read` });
  }
  return z.NEVER;
});
