import type { DomainEvent, UsageEvent } from '@openclaw/contracts';
import { DOMAIN_EXAMPLES } from '@openclaw/contracts/testing';
import { type EvidenceWriter, type Numbered, guesses, use } from './evidence-writer';

const AT_ONCE = 200;
const STREAM_EVENTS = 8;
const FAMILIES = ['PairingCode', 'MasterKey', 'Operator', 'Subscription', 'TargetService'] as const;
const ENDS: readonly DomainEvent['type'][] = ['PairingCodeRevoked', 'MasterKeyRevoked', 'OperatorRemoved'];

/** Writes `count` events of every kind, half lifecycle and half usage, with losers of races and records of tomorrow. */
export const writeMixedHistory = async (writer: EvidenceWriter, count: number): Promise<void> => {
  await writer.openUsage();
  await Promise.all([writeLifecycle(writer, count / 2), writeUsage(writer, count / 2)]);
};

const writeLifecycle = async (writer: EvidenceWriter, count: number): Promise<void> => {
  let written = 0;
  const streams = Array.from({ length: AT_ONCE }, async (_, worker) => {
    for (let round = 0; written < count; round += 1) {
      const family = FAMILIES[(worker + round) % FAMILIES.length] ?? 'PairingCode';
      const id = `${family}/mixed-${worker}-${round}`;
      for (const [revision, event] of historyOf(family).entries()) {
        await writer.happens(id, revision + 1, event, `round ${round}`);
        written += 1;
      }
      // Somebody who had not read it: superseded, and in the trail as such.
      const [late] = historyOf(family);
      if (round % 5 === 0 && late !== undefined) await writer.happens(id, 1, late, 'too late').catch(() => undefined);
    }
  });
  await Promise.all(streams);
};

/** Events of one family in any order that a log can hold: its ends last. */
const historyOf = (family: string): readonly DomainEvent[] => {
  const all = DOMAIN_EXAMPLES.filter(({ type }) => type.startsWith(family));
  const [ending, others] = [
    all.filter(({ type }) => ENDS.includes(type)),
    all.filter(({ type }) => !ENDS.includes(type)),
  ];
  return [...others.slice(0, STREAM_EVENTS - 1), ...ending.slice(0, 1)];
};

const REASONS = [undefined, undefined, undefined, 'ip_denied', 'scope_denied', 'a_reason_of_tomorrow'] as const;

const writeUsage = async (writer: EvidenceWriter, count: number): Promise<void> => {
  for (let written = 0; written < count; written += 4 * AT_ONCE) {
    const keys = ['code-a', 'code-b', 'code-c', 'code-d'].map((key) => `${key}-${written}`);
    await Promise.all(
      keys.map((key) =>
        writer.uses(
          key,
          Array.from({ length: AT_ONCE }, (_, i) => mixedUse(key, i)),
        ),
      ),
    );
  }
};

const mixedUse = (key: string, i: number): ((numbered: Numbered) => UsageEvent) => {
  if (i % 50 === 7) return guesses(`198.51.100.${i}`, i);
  if (i % 50 === 8)
    return (numbered) => ({ type: 'UsageWithheld', data: { ...numbered, withheld: numbered.sequence - 1 } });
  return use(key, REASONS[i % REASONS.length], `10.0.${i % 7}.1`);
};
