import type { TopicSpec } from '@openclaw/event-log';
import { configForNewTopic, durabilityOf, faultsOf, type TopicState } from './topic-settings';

const LIFECYCLE: TopicSpec = { topic: 'lifecycle', partitions: 1, retention: 'forever' };
const COORDINATION: TopicSpec = { topic: 'coordination', partitions: 1, retention: 3_600_000 };
const CLUSTER = durabilityOf(false);

describe('topic settings', () => {
  it.each([LIFECYCLE, COORDINATION])('find no fault in what they ask of a new topic: $topic', (spec) => {
    expect(faultsOf(spec.topic, spec, CLUSTER, stateOf(spec))).toEqual([]);
  });

  it('name every fault at once, with its value and what it must be', () => {
    const state = stateOf(LIFECYCLE, {
      partitions: [
        { partition: 0, replicas: 2 },
        { partition: 1, replicas: 3 },
      ],
      config: {
        'cleanup.policy': 'compact',
        'retention.ms': '604800000',
        'retention.bytes': '1000000',
        'min.insync.replicas': '1',
        'unclean.leader.election.enable': 'true',
        'message.timestamp.type': 'CreateTime',
        'compression.type': 'zstd',
        'max.message.bytes': '1000',
      },
    });
    expect(faultsOf('lifecycle', LIFECYCLE, CLUSTER, state)).toEqual([
      'lifecycle has 2 partitions, must have 1 (for life)',
      'lifecycle/0 has 2 replicas, must have 3: reassign it',
      'lifecycle cleanup.policy is compact, must be delete',
      'lifecycle retention.ms is 604800000, must be -1',
      'lifecycle retention.bytes is 1000000, must be -1',
      'lifecycle min.insync.replicas is 1, must be at least 2',
      'lifecycle unclean.leader.election.enable is true, must be false',
      'lifecycle message.timestamp.type is CreateTime, must be LogAppendTime',
      'lifecycle compression.type is zstd, must be producer or uncompressed or gzip',
      'lifecycle max.message.bytes is 1000, must be at least 1048576',
    ]);
  });

  it('treat a setting that cannot be read as a fault, never as well', () => {
    const state: TopicState = { partitions: [{ partition: 0, replicas: 3 }], config: new Map() };
    expect(faultsOf('lifecycle', LIFECYCLE, CLUSTER, state)).toContain(
      'lifecycle cleanup.policy cannot be read: grant DescribeConfigs',
    );
  });

  it('ask one copy of a single broker, and only of one asked for by name', () => {
    const single = durabilityOf(true);
    const state = stateOf(LIFECYCLE, {
      partitions: [{ partition: 0, replicas: 1 }],
      config: { 'min.insync.replicas': '1' },
    });
    expect(faultsOf('lifecycle', LIFECYCLE, single, state)).toEqual([]);
    expect(faultsOf('lifecycle', LIFECYCLE, CLUSTER, state)).toHaveLength(2);
  });

  it('give a topic of short retention segments that close within it', () => {
    expect(configForNewTopic(COORDINATION, CLUSTER)['segment.ms']).toBe('600000');
    expect(configForNewTopic(LIFECYCLE, CLUSTER)['segment.ms']).toBeUndefined();
  });
});

interface Overrides {
  readonly partitions?: TopicState['partitions'];
  readonly config?: Readonly<Record<string, string>>;
}

const stateOf = (spec: TopicSpec, overrides: Overrides = {}): TopicState => ({
  partitions: overrides.partitions ?? [{ partition: 0, replicas: 3 }],
  config: new Map(Object.entries({ ...configForNewTopic(spec, CLUSTER), ...overrides.config })),
});
