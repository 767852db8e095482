import { FRAME, FRAME_HEADER_BYTES, FRAME_SIZE, FRAME_SIZE_MAX, H2_ERROR, INITIAL_WINDOW, SETTING, WINDOW_MAX, ConnectionError } from './protocol'; // prettier-ignore
import type { Http2Limits } from './limits';

const ENTRY_BYTES = 6;

/** What a peer has told of itself; the rest of its settings means nothing to a server that only answers. */
export interface PeerSettings {
  readonly initialWindow: number;
  readonly frameSize: number;
}

export const INITIAL_SETTINGS: PeerSettings = { initialWindow: INITIAL_WINDOW, frameSize: FRAME_SIZE };

/** Reads the payload `bytes[start..end)` of a SETTINGS frame over `before`; throws `ConnectionError` (RFC 9113 section 6.5). */
export const readSettings = (bytes: Buffer, start: number, end: number, before: PeerSettings): PeerSettings => {
  if ((end - start) % ENTRY_BYTES !== 0) throw new ConnectionError(H2_ERROR.frameSize, 'SETTINGS of a wrong length');
  let settings = before;
  for (let at = start; at < end; at += ENTRY_BYTES) {
    settings = withSetting(settings, bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
  }
  return settings;
};

const withSetting = (settings: PeerSettings, id: number, value: number): PeerSettings => {
  if (id === SETTING.enablePush && value > 1) throw new ConnectionError(H2_ERROR.protocol, 'ENABLE_PUSH is 0 or 1');
  if (id === SETTING.initialWindowSize) {
    if (value > WINDOW_MAX) throw new ConnectionError(H2_ERROR.flowControl, 'a window beyond 2^31 - 1');
    return { ...settings, initialWindow: value };
  }
  if (id !== SETTING.maxFrameSize) return settings;
  if (value < FRAME_SIZE || value > FRAME_SIZE_MAX) throw new ConnectionError(H2_ERROR.protocol, 'a wrong frame size');
  return { ...settings, frameSize: value };
};

/** Our SETTINGS and the WINDOW_UPDATE that opens the connection's window: the first bytes of every connection. */
export const greeting = ({ streamsMax, streamWindow, connectionWindow, headerListBytesMax }: Http2Limits): Buffer => {
  const settings = [
    [SETTING.maxConcurrentStreams, streamsMax],
    [SETTING.initialWindowSize, streamWindow],
    [SETTING.maxHeaderListSize, headerListBytesMax],
  ] as const;
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + settings.length * ENTRY_BYTES + FRAME_HEADER_BYTES + 4);
  bytes[2] = settings.length * ENTRY_BYTES;
  bytes[3] = FRAME.settings;
  let at = FRAME_HEADER_BYTES;
  for (const [id, value] of settings) {
    at = bytes.writeUInt16BE(id, at);
    at = bytes.writeUInt32BE(value, at);
  }
  bytes[at + 2] = 4;
  bytes[at + 3] = FRAME.windowUpdate;
  bytes.writeUInt32BE(Math.max(1, connectionWindow - INITIAL_WINDOW), at + FRAME_HEADER_BYTES);
  return bytes;
};
