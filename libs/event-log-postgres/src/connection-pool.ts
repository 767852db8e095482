import type { Connection } from './connection';
import { onAbort } from './limit';

type Open = (limit: AbortSignal) => Promise<Connection>;

/** A few connections, used in the order of asking. Made on demand; one that broke is replaced at the next request. */
export class ConnectionPool {
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(
    private readonly open: Open,
    connectionsMax: number,
  ) {
    this.#free = connectionsMax;
  }

  /** Waiting for a connection, making one and the work itself all fall under `limit`. */
  async use<T>(limit: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    await this.#turn(limit);
    try {
      const connection = this.#takeIdle() ?? (await this.#opened(limit));
      try {
        return await work(connection);
      } finally {
        if (connection.alive) this.#idle.push(connection);
        else this.#all.delete(connection);
      }
    } finally {
      this.#nextTurn();
    }
  }

  /** Resolves when every socket is gone. The caller has aborted the limits of what is in flight. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  #takeIdle(): Connection | undefined {
    for (let found = this.#idle.pop(); found !== undefined; found = this.#idle.pop()) {
      if (found.alive) return found;
      this.#all.delete(found);
    }
    return undefined;
  }

  async #opened(limit: AbortSignal): Promise<Connection> {
    const connection = await this.open(limit);
    this.#all.add(connection);
    return connection;
  }

  #turn(limit: AbortSignal): Promise<void> {
    limit.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const mine = (): void => {
        detach();
        resolve();
      };
      this.#waiting.add(mine);
      const detach = onAbort(limit, () => {
        this.#waiting.delete(mine);
        reject(limit.reason);
      });
    });
  }

  #nextTurn(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
