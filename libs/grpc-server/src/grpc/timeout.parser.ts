const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds of a `grpc-timeout`; undefined when it is none (gRPC over HTTP/2, "Timeout"). */
export const parseTimeout = (text: string): number | undefined => {
  const [, value, unit] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  if (value === undefined || unit === undefined) return undefined;
  return Number(value) * (UNIT_MS[unit] ?? Number.NaN);
};
