import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaGround } from '../workload/kafka-ground';

export type Blow =
  'kill leader' | 'kill follower' | 'freeze leader' | 'freeze followers' | 'kill leader while followers are frozen';

/** Harms the brokers of a partition, and mends what it did before it strikes again. */
export class BrokerNemesis {
  restarts = 0;

  constructor(
    private readonly ground: KafkaGround,
    private readonly topic: string,
    private readonly note: (line: string) => void,
  ) {}

  /** One blow; resolves when every broker runs again. `ms` = how long something stays frozen. */
  async strike(blow: Blow, ms: number): Promise<void> {
    const kafka = await this.ground.kafka();
    const leader = await this.ground.leaderOf(this.topic);
    const followers = kafka.brokers.map((_, index) => index).filter((index) => index !== leader);
    this.note(`${blow} (leader ${leader}, ${ms} ms)`);
    if (blow === 'kill leader') return this.#killAndRestart(leader);
    if (blow === 'kill follower') return this.#killAndRestart(followers[0] ?? leader);
    const frozen = blow === 'freeze leader' ? [leader] : followers;
    for (const index of frozen) await kafka.pause(index);
    await pause(ms);
    if (blow === 'kill leader while followers are frozen') await kafka.kill(leader);
    for (const index of frozen) await kafka.resume(index);
    if (blow === 'kill leader while followers are frozen') await this.#killAndRestart(leader);
  }

  async #killAndRestart(index: number): Promise<void> {
    const kafka = await this.ground.kafka();
    await kafka.kill(index);
    // Somebody else must lead first: a restart within the session time-out would hide the election.
    while ((await this.ground.leaderOf(this.topic)) === index) await pause(100);
    await kafka.restart(index);
    this.restarts += 1;
  }
}
