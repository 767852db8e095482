import { describeEventLogContract } from '@openclaw/event-log/testing';
import { describeFreshnessContract } from '@openclaw/freshness/testing';
import { freshOnKafka } from './targets/fresh-stores';
import { kafkaTarget } from './targets/kafka';

describeEventLogContract(kafkaTarget(1), 'kafka-1');
describeFreshnessContract(freshOnKafka(1), 'kafka-1');
