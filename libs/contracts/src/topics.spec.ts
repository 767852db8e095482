import { join } from 'node:path';
import type { TopicSpec as JournalTopicSpec } from '@openclaw/event-log';
import { expectGoldenJson } from '@openclaw/contracts/testing';
import { TOPIC, topicSpecs } from './topics';

describe('topics', () => {
  it('never drift: names, partitions and retention are what stored data depends on', () => {
    expectGoldenJson(join(__dirname, '../golden/topics.json'), topicSpecs());
  });

  it('fit the journal store as they are', () => {
    const specs: readonly JournalTopicSpec[] = Object.values(topicSpecs());
    expect(specs.map((spec) => spec.topic)).toEqual(Object.values(TOPIC));
  });

  it('keep for ever what the truth is made of, on one partition where one order is promised', () => {
    const { lifecycle, redemptions, checkpoints, coordination } = topicSpecs();
    expect([lifecycle.retention, redemptions.retention, checkpoints.retention]).toEqual(Array(3).fill('forever'));
    expect([lifecycle.partitions, coordination.partitions, checkpoints.partitions]).toEqual([1, 1, 1]);
  });
});
