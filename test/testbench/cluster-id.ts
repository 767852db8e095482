import { randomBytes } from 'node:crypto';

/** A new id for a Kafka cluster: 128 random bits as Kafka writes them. One that began with `-` would look like an option. */
export const newClusterId = (): string => {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
};
