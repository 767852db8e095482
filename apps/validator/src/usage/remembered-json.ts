const TEXTS_MAX = 4096;
/** Longer ones are not kept, so that strangers cannot fill the memory: 4096 of these are a megabyte. */
const LENGTH_MAX = 128;

/** Texts as JSON strings. What came before is remembered: callers name few services and addresses, again and again. */
export class RememberedJson {
  readonly #known = new Map<string, string>();

  constructor(private readonly written: (text: string) => string) {}

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const json = JSON.stringify(this.written(text));
    if (text.length > LENGTH_MAX) return json;
    if (this.#known.size >= TEXTS_MAX) this.#known.clear();
    this.#known.set(text, json);
    return json;
  }
}
