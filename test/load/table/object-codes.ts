import { domainCodec, isMasterKeyEvent, isPairingCodeEvent } from '@openclaw/contracts';
import {
  type MasterKey, type PairingCode, evolveMasterKey, evolvePairingCode, masterKey, parsedBlocks, parsedScopes, unissued,
} from '@openclaw/domain'; // prettier-ignore
import { type RecordedEvent } from '@openclaw/event-log';

interface ObjectCode {
  state: PairingCode;
  scopes: unknown;
  blocks: unknown;
}

/** The baseline: the same events as objects in Maps, states and parsed settings, as one would write it first. */
export class ObjectCodes {
  readonly #revisions = new Map<string, number>();
  readonly #codes = new Map<string, ObjectCode>();
  readonly #byHash = new Map<string, ObjectCode>();
  readonly #masterKeys = new Map<string, MasterKey>();

  apply({ stream, revision, type, data }: RecordedEvent): void {
    this.#revisions.set(stream, revision);
    const decoded = domainCodec.decode(type, data);
    if (!decoded.understood) throw new Error(decoded.reason);
    const { event } = decoded;
    if (isMasterKeyEvent(event)) {
      this.#masterKeys.set(stream, evolveMasterKey(this.#masterKeys.get(stream) ?? masterKey.initialState, event));
    } else if (isPairingCodeEvent(event)) this.#keep(stream, event);
  }

  idOf(codeHash: string): string | undefined {
    const state = this.#byHash.get(codeHash)?.state ?? unissued;
    return state.status === 'unissued' ? undefined : state.codeId;
  }

  #keep(stream: string, event: Parameters<typeof evolvePairingCode>[1]): void {
    const code = this.#codes.get(stream) ?? { state: unissued, scopes: undefined, blocks: undefined };
    this.#codes.set(stream, code);
    code.state = evolvePairingCode(code.state, event);
    if (code.state.status === 'unissued') return;
    const { settings, secret, previous } = code.state;
    code.scopes = parsedScopes(settings.scopes);
    code.blocks = parsedBlocks(settings.ipAllowList);
    this.#byHash.set(secret.codeHash, code);
    if (previous !== undefined) this.#byHash.set(previous.codeHash, code);
  }
}
