interface TermsParts {
  readonly masterKeyId: string;
  readonly scopes: readonly string[];
  readonly ipAllowList: readonly string[];
  readonly idle: number | null;
  readonly session: number | null;
  readonly usesMax: number | null;
  /** Per minute, hour, day. */
  readonly rates: readonly (number | null)[];
  readonly freshness: number | null;
}

type Tuple = [
  string, readonly string[], readonly string[], number | null, number | null, number | null,
  readonly (number | null)[], number | null,
]; // prettier-ignore

/** The parts of a text that `termsText` wrote: it comes from our own memory, or from a snapshot whose seal was checked. */
export const termsParts = (text: string): TermsParts => {
  const [masterKeyId, scopes, ipAllowList, idle, session, usesMax, rates, freshness] = JSON.parse(text) as Tuple;
  return { masterKeyId, scopes, ipAllowList, idle, session, usesMax, rates, freshness };
};
