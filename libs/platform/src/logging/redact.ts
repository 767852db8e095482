/**
 * What looks like a secret, wherever it stands: the last wall before anything leaves the process (docs/adr/0005). Each
 * pattern takes characters that JSON never escapes, so a line of JSON stays one; a line break before a secret stands
 * there as `\n`, another control character as `\u0000`, which is why a word boundary is not enough.
 */
type Pattern = readonly [RegExp, string];

const KEYS: readonly Pattern[] = [
  // Codes, also cut off or with a typo, and operators' and service tokens.
  [/(ocpc|ocop|ocsv)_[A-Za-z0-9_-]{8,}/g, '$1_[redacted]'],
  // Keys of AI APIs by their usual forms: OpenAI and Anthropic, Google, Hugging Face, Groq, xAI, Replicate, AWS.
  [/(?<=^|[^A-Za-z0-9]|\\[bfnrt]|\\u[0-9a-f]{4})(sk|rk|pk)-[A-Za-z0-9_-]{12,}/g, '$1-[redacted]'],
  [/(?<=^|[^A-Za-z0-9]|\\[bfnrt]|\\u[0-9a-f]{4})(AIza|hf_|gsk_|xai-|r8_|AKIA)[A-Za-z0-9_-]{12,}/g, '$1[redacted]'],
];

const SECRETS: readonly Pattern[] = [
  ...KEYS,
  // The same in base64, at each of its three alignments.
  [/(?:b2NwY1|9jcGNf|vY3BjX|b2NvcF|9jb3Bf|vY29wX|b2Nzdl|9jc3Zf|vY3N2X)[A-Za-z0-9+/_-]{12,}={0,2}/g, '[redacted]'],
  // Passwords in addresses, and credentials in headers.
  [/(:\/\/[^\s/:@"\\]*):[^\s/@"\\]+@/g, '$1:[redacted]@'],
  [/(Bearer|bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/g, '$1 [redacted]'],
  // Hashes of codes and tokens: eight digits are enough to compare chain hashes by eye, and to test no leaked code.
  [/(?<=^|[^A-Za-z0-9]|\\[bfnrt]|\\u[0-9a-f]{4})([0-9a-f]{8})[0-9a-f]{56,}(?![A-Za-z0-9])/gi, '$1[redacted]'],
];

/** The text without anything that looks like a secret. Never fails; a text without one comes back as it is. */
export const redact = (text: string): string => replaced(text, SECRETS);

/** What tells at a glance that `KEYS` may match, on paths where every microsecond counts. */
const MAYBE_KEY = /oc(?:pc|op|sv)_|(?:sk|rk|pk)-|AIza|hf_|gsk_|xai-|r8_|AKIA/;

/**
 * The text without codes, tokens and keys of AI APIs: for texts of strangers that go on record, where a hash or an
 * address with a password may be what the record is about.
 */
export const redactKeys = (text: string): string => (MAYBE_KEY.test(text) ? replaced(text, KEYS) : text);

const replaced = (text: string, patterns: readonly Pattern[]): string =>
  patterns.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
