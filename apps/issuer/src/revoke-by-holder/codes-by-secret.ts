import type { CodeSecret } from '@openclaw/domain';
import type { RecordedEvent } from '@openclaw/event-log';
import { pairingCodeAggregate } from '@openclaw/platform';

const PREFIX = `${pairingCodeAggregate.kind}/`;

/**
 * Which code a secret was ever given to, by its hash; filled from the lifecycle log. Whether the secret still counts is
 * for the state of the code to say.
 */
export class CodesBySecret {
  readonly #ids = new Map<string, string>();

  apply({ stream, type, data }: RecordedEvent): void {
    if (!stream.startsWith(PREFIX)) return;
    const event = pairingCodeAggregate.decode(type, data);
    if (event === undefined || !('secret' in event.data)) return;
    this.#ids.set(event.data.secret.codeHash, stream.slice(PREFIX.length));
  }

  codeIdOf({ codeHash }: CodeSecret): string | undefined {
    return this.#ids.get(codeHash);
  }
}
