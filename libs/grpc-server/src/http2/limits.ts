/** What one peer may make the server hold or do. Each bound is enforced; none is a wish. */
export interface Http2Limits {
  /** Connections at once; at the limit the one that has been idle longest makes room for a new one. */
  readonly connectionsMax: number;
  /** Streams of one connection at once, those that were cancelled but still work among them. */
  readonly streamsMax: number;
  /** Bytes of one header list as RFC 9113 section 6.5.2 counts them, and of its block on the wire. */
  readonly headerListBytesMax: number;
  /** Frames that one header block may be spread over. */
  readonly headerFramesMax: number;
  /** Bytes of one stream and of one connection that may be on their way to us. */
  readonly streamWindow: number;
  readonly connectionWindow: number;
  /** Bytes of unfinished messages, and of answers that peers do not read, over all connections. */
  readonly heldBytesMax: number;
  /** Bytes that one connection may leave unread before nothing more is read from it. */
  readonly unreadBytesMax: number;
  /** Frames without use (PING, SETTINGS, RST_STREAM, PRIORITY, empty DATA) at once, and a second. */
  readonly idleFramesBurst: number;
  readonly idleFramesPerSecond: number;
  /** How long a new connection may take to say that it speaks HTTP/2, a header block or a message to arrive, an answer to be read. */
  readonly prefaceMs: number;
  readonly stalledMs: number;
  /** How long a connection without a stream is kept. */
  readonly idleMs: number;
}

export const DEFAULT_LIMITS: Http2Limits = {
  connectionsMax: 4096,
  streamsMax: 256,
  headerListBytesMax: 16 * 1024,
  headerFramesMax: 8,
  streamWindow: 256 * 1024,
  connectionWindow: 1024 * 1024,
  heldBytesMax: 64 * 1024 * 1024,
  unreadBytesMax: 1024 * 1024,
  idleFramesBurst: 1000,
  idleFramesPerSecond: 50,
  prefaceMs: 10_000,
  stalledMs: 20_000,
  idleMs: 30 * 60_000,
};
