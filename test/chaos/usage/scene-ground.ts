import { UsageScene } from './scene';

/** The scene that the runs of one experiment share, opened when the first asks. */
export class SceneGround {
  #opened: Promise<UsageScene> | undefined;

  /** `boundMs`: L of every service. */
  constructor(private readonly boundMs: number) {}

  scene(): Promise<UsageScene> {
    this.#opened ??= UsageScene.open(this.boundMs);
    return this.#opened;
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await (await opened)?.close();
  }
}
