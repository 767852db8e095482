import { DEFAULT_TOPIC_POLICY, topicSpecs } from '@openclaw/contracts';
import type { TopicSpec } from '@openclaw/event-log';
import { openFreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, FollowedTopic, type Logger, OperatorDirectory, adminRosterAggregate, endProcessOnHalt, openStore,
  operatorAggregate,
} from '@openclaw/platform'; // prettier-ignore
import type { SecretStore } from '@openclaw/secret-store';
import { EnvironmentSecretStore, openFileSecretStore } from '@openclaw/secret-store-files';
import { openPostgresSecretStore, readKeyFile } from '@openclaw/secret-store-postgres';
import { openLists } from './administration.module';
import { bootstrapOperator } from './bootstrap-operator/bootstrap-operator';
import { KnownAlerts } from './handle-alerts/known-alerts';
import type { IssuerConfig } from './issuer.config';
import type { IssuerParts } from './issuer.module';
import { LifecycleView } from './lifecycle/lifecycle-view';
import { UsedCodes } from './list-codes/used-codes';
import type { SecretsConfig } from './secrets.config';
import { enrolKnownAdmins } from './manage-operators/admin-roster';

/** Opens the log and the secret store with their adapters, and makes sure that the bootstrap admin can log in. */
export const openParts = async (
  config: IssuerConfig,
  logger: Logger,
): Promise<IssuerParts & { close(): Promise<void> }> => {
  const secrets = await openSecrets(config.secrets);
  const store = openStore(config.log, config.instance, logger);
  const fresh = await openFreshLog(store, {
    source: config.instance,
    role: 'writer',
    boundMs: config.boundMs,
    graceMaxMs: config.graceMaxMs,
    keepStreams: true,
    onHalt: endProcessOnHalt(logger),
  });
  const operators = new AggregateRepository(fresh.log, operatorAggregate, config.instance);
  await bootstrapOperator(operators, config.access.hashOf(config.bootstrapToken), logger);
  const directory = new OperatorDirectory(fresh.log, config.access.hashOf);
  const view = new LifecycleView(fresh.log);
  await Promise.all([directory.ready(new AbortController().signal), view.ready(new AbortController().signal)]);
  const roster = new AggregateRepository(fresh.log, adminRosterAggregate, config.instance);
  await enrolKnownAdmins(roster, directory.list());
  const lists = await openLists(fresh);
  const { alerts, usage } = openFollowed(config, logger);
  return {
    fresh,
    secrets,
    directory,
    view,
    lists,
    alerts,
    usage,
    close: async () => {
      await alerts.stop();
      await usage.stop();
      await view.stop();
      await lists.stop();
      await directory.stop();
      await fresh.close();
      await store.close();
      await secrets.close();
    },
  };
};

/** Topics that others write. A store of its own for each: it may not be there yet, and that is no reason to stop. */
const openFollowed = (config: IssuerConfig, logger: Logger): Pick<IssuerParts, 'alerts' | 'usage'> => {
  const { log, instance: source, usagePartitions } = config;
  const specs = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions });
  const onHalt = endProcessOnHalt(logger);
  const follow = (topic: TopicSpec): FollowedTopic =>
    new FollowedTopic({ store: openStore(log, source, logger), topic, source, onHalt });
  return { alerts: new KnownAlerts(follow(specs.alerts)), usage: new UsedCodes(() => follow(specs.usage)) };
};

const openSecrets = async (config: SecretsConfig): Promise<SecretStore> => {
  if (config.kind === 'environment') return new EnvironmentSecretStore(process.env);
  if (config.kind === 'files') return openFileSecretStore(config);
  return openPostgresSecretStore({ url: config.url, keys: await readKeyFile(config.envelopeKeyFile) });
};
