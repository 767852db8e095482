/** A spec with a client that we did not write: skipped by name where the client cannot be had, unless it is demanded. */
export const withJudge = (
  missing: string | undefined,
  title: string,
  prove: () => Promise<void>,
  timeoutMs: number,
): void => {
  if (missing === undefined) it(title, prove, timeoutMs);
  else if (process.env['OPENCLAW_REQUIRE_JUDGES'] === undefined) it.skip(`${title} (SKIPPED: ${missing})`, prove);
  else it(title, () => Promise.reject(new Error(missing)));
};
