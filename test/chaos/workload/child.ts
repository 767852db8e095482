import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * A real process of an experiment, so that kill -9 means what it says. It gets its order as JSON in its first argument
 * and tells what it did in lines of JSON; it ends by itself when its parent has gone (its standard input closes).
 */
export class Child<Order, Line> {
  readonly lines: Line[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #onLine: (line: Line) => void = () => undefined;

  /**
   * `script` is a module of this folder or a neighbour, without its ending: `08-two-issuers/issuer`; `enter` are words
   * before the command, such as `ip netns exec left`.
   */
  constructor(script: string, order: Order, enter: readonly string[] = []) {
    const chaos = dirname(__dirname);
    const ending = extname(__filename);
    const loader = ending === '.ts' ? ['-r', join(chaos, '..', 'testbench', 'typescript.cjs')] : [];
    const program = [process.execPath, ...loader, join(chaos, `${script}${ending}`), JSON.stringify(order)];
    const [command = process.execPath, ...argv] = [...enter, ...program];
    this.#process = spawn(command, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('a child without standard output');
    const reader = createInterface({ input: stdout });
    reader.on('line', (text) => {
      const line = JSON.parse(text) as Line;
      this.lines.push(line);
      this.#onLine(line);
    });
    this.#ended = Promise.all([once(this.#process, 'exit'), once(reader, 'close')]).then(() => undefined);
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  /** How it ended: the exit code, or the signal that killed it. */
  get end(): number | NodeJS.Signals | null {
    return this.#process.signalCode ?? this.#process.exitCode;
  }

  /** Resolves with the first line for which `wanted` is true; rejects when the process ends before. */
  async line(wanted: (line: Line) => boolean): Promise<Line> {
    const found = this.lines.find(wanted);
    if (found !== undefined) return found;
    const coming = Promise.withResolvers<Line>();
    const before = this.#onLine;
    this.#onLine = (line) => {
      before(line);
      if (wanted(line)) coming.resolve(line);
    };
    void this.#ended.then(() => coming.reject(new Error(`a child ended with ${this.end} too early`)));
    return coming.promise;
  }

  /** Says a line to it, on its standard input. */
  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** SIGKILL: nothing is flushed, nothing is said. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  /** A line of JSON on its standard input. */
  send(line: unknown): void {
    this.#process.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  /** Asks it to finish what it has in hand and end. */
  async stop(): Promise<void> {
    this.#process.stdin?.end();
    await this.#ended;
  }
}

/** The child's side: its order, and a line to the parent. */
export const orderOf = <Order>(): Order => JSON.parse(process.argv[2] ?? 'null') as Order;

export const tell = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Aborts when the parent asks for the end, or has gone. */
export const stopAsked = (): AbortSignal => {
  const stop = new AbortController();
  process.stdin.resume().once('end', () => stop.abort());
  process.stdin.once('error', () => stop.abort());
  return stop.signal;
};
