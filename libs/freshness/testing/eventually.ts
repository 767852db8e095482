const DEADLINE_MS = 20_000;

/** Waits for a condition, looking again after every turn of the event loop. `meanwhile` may move time. */
export const eventually = async (
  what: string,
  holds: () => boolean,
  meanwhile: () => void = () => undefined,
): Promise<void> => {
  const giveUpAtMs = Date.now() + DEADLINE_MS;
  while (!holds()) {
    if (Date.now() > giveUpAtMs) throw new Error(`never happened: ${what}`);
    meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};
