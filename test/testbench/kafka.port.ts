/** A Kafka cluster of a test. Brokers are counted from 0. */
export interface Kafka {
  /** Bootstrap addresses, `host:port`, one per broker. */
  readonly brokers: readonly string[];
  /** Ends a broker as a crash does (SIGKILL); its data and address are kept for `restart`. */
  kill(index: number): Promise<void>;
  /** Starts a broker again on its data and address; resolves when all that run are live members. */
  restart(index: number): Promise<void>;
  /** Freezes a broker (SIGSTOP) without closing its sockets, until `resume`. */
  pause(index: number): Promise<void>;
  resume(index: number): Promise<void>;
  /** Ends everything and removes its data. Safe to repeat. */
  stop(): Promise<void>;
}

/** Where a broker is to run; without it on loopback of this host. */
export interface BrokerPlace {
  /** Address it listens on and tells its clients. */
  readonly host?: string;
  /** Words before the command, such as `ip netns exec left`. */
  readonly enter?: readonly string[];
}
