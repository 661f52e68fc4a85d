import type { Admin } from 'kafkajs';

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

export interface Place extends Partition {
  readonly offset: number;
}

/** Where those of the partitions end now of which the group has committed nothing. @throws what kafkajs throws */
export async function endsOfUncommitted(
  admin: Pick<Admin, 'fetchOffsets' | 'fetchTopicOffsets'>,
  groupId: string,
  partitions: readonly Partition[],
): Promise<readonly Place[]> {
  const committed = await admin.fetchOffsets({ groupId, topics: topicsOf(partitions) });
  const known = new Set(
    committed.flatMap(({ topic, partitions: all }) =>
      all.filter(({ offset }) => Number(offset) >= 0).map(({ partition }) => `${topic} ${partition}`),
    ),
  );
  const open = partitions.filter(({ topic, partition }) => !known.has(`${topic} ${partition}`));
  const ends = new Map<string, number>();
  for (const topic of topicsOf(open)) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      ends.set(`${topic} ${partition}`, Number(high));
    }
  }
  return open.flatMap(({ topic, partition }) => {
    const offset = ends.get(`${topic} ${partition}`);
    return offset === undefined ? [] : [{ topic, partition, offset }];
  });
}

function topicsOf(partitions: readonly Partition[]): string[] {
  return [...new Set(partitions.map(({ topic }) => topic))];
}
