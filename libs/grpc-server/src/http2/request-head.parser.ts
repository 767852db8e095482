import type { HeaderList } from '../hpack/header-decoder';

/** The head of a request, checked (RFC 9113 section 8.2 and 8.3). The same object for requests whose blocks are the same. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly scheme: string;
  readonly authority: string | undefined;
  /** `content-length`, or -1. */
  readonly contentLength: number;
  /** Fields but the pseudo ones: name, value, name, value... */
  readonly fields: HeaderList;
}

const PSEUDO = new Set([':method', ':path', ':scheme', ':authority']);
const OF_CONNECTIONS = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);
/** RFC 9110 section 5.6.2, without capitals. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** The three characters that would end a field (RFC 9113 section 8.2.1). */
const UNFIT = /[\x00\r\n]/;

/** Undefined: malformed, and the stream is to be reset with PROTOCOL_ERROR. */
export const parseRequestHead = (list: HeaderList): RequestHead | undefined => {
  const pseudo = pseudoOf(list);
  if (pseudo === undefined) return undefined;
  const fields = list.slice(pseudo.size * 2);
  const [method, path, scheme] = [pseudo.get(':method'), pseudo.get(':path'), pseudo.get(':scheme')];
  const contentLength = contentLengthOf(fields);
  if (!method || !path || !scheme || contentLength === undefined || !areFit(fields)) return undefined;
  return { method, path, scheme, authority: pseudo.get(':authority'), contentLength, fields };
};

/** The pseudo fields, which stand before all others, each once; undefined when one is none of a request. */
const pseudoOf = (list: HeaderList): ReadonlyMap<string, string> | undefined => {
  const pseudo = new Map<string, string>();
  for (let at = 0; list[at]?.startsWith(':') === true; at += 2) {
    const [name, value] = [list[at] ?? '', list[at + 1] ?? ''];
    if (!PSEUDO.has(name) || pseudo.has(name) || UNFIT.test(value)) return undefined;
    pseudo.set(name, value);
  }
  return pseudo;
};

/** Whether these may be fields of a request, or its trailers: no pseudo field, none of HTTP/1.1's connections. */
export const areFit = (fields: HeaderList): boolean => {
  for (let at = 0; at < fields.length; at += 2) {
    const [name, value] = [fields[at] ?? '', fields[at + 1] ?? ''];
    if (!NAME.test(name) || UNFIT.test(value) || OF_CONNECTIONS.has(name)) return false;
    if (name === 'te' && value !== 'trailers') return false;
  }
  return true;
};

/** The value of a field; of several, the first. */
export const fieldOf = (fields: HeaderList, name: string): string | undefined => {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
};

const contentLengthOf = (fields: HeaderList): number | undefined => {
  const text = fieldOf(fields, 'content-length');
  if (text === undefined) return -1;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
};
