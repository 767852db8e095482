const IMAGE = 'postgres:18';

/** PostgreSQL in a container; the library's reaper removes it when we crash. */
export async function startContainerPostgres(durable: boolean): Promise<{ url: string; stop(): Promise<void> }> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const onOff = durable ? 'on' : 'off';
  const settings = [
    'max_connections=200',
    `fsync=${onOff}`,
    `full_page_writes=${onOff}`,
    `synchronous_commit=${onOff}`,
  ];
  const container = await new PostgreSqlContainer(IMAGE)
    .withCommand(['postgres', ...settings.flatMap((setting) => ['-c', setting])])
    .start();
  return {
    url: container.getConnectionUri(),
    stop: async () => {
      await container.stop();
    },
  };
}
