const DEADLINE_MS = 10_000;

/** Waits until `look` gives something other than undefined or false, looking again and again. */
export const eventually = async <T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> => {
  const giveUpAtMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > giveUpAtMs) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
