import type { OtherService, UsageScene } from '../usage/scene';

export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly lagRecords: number | null;
  readonly quarantined: number | null;
}

/** Where each partition of each view stands; none while the service does not say. */
export const statusOf = async (audit: OtherService): Promise<readonly PartitionStatus[]> => {
  const { body } = await audit.call('GET', '/v1/status');
  const projections = (body['projections'] ?? []) as readonly { readonly partitions: readonly PartitionStatus[] }[];
  return projections.flatMap(({ partitions }) => partitions);
};

/** The lag is the distance to the end that the store itself tells, whatever the views do: between two looks at it. */
export const lagFaults = async (scene: UsageScene, audit: OtherService, fault: string): Promise<string[]> => {
  const before = await scene.ends();
  const told = await statusOf(audit);
  const after = await scene.ends();
  if (told.length === 0) return [`the lag is true: "${fault}", and the status says nothing`];
  return told.flatMap(({ topic, partition, position, lagRecords }) => {
    if (lagRecords === null) return [`the lag is true: "${fault}", and ${topic}/${partition} has none`];
    const [least, most] = [before, after].map((ends) => (ends.get(`${topic}/${partition}`) ?? 0) - 1);
    const end = position + lagRecords;
    // What is handled moves on while the status is made.
    const isTrue = end >= (least ?? 0) - SLACK && end <= (most ?? 0) + SLACK;
    return isTrue
      ? []
      : [`the lag is true: "${fault}", ${topic}/${partition} ends at ${least}..${most}, not at ${end}`];
  });
};

const SLACK = 2;
