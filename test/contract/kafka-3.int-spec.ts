import { describeEventLogContract } from '@openclaw/event-log/testing';
import { describeFreshnessContract } from '@openclaw/freshness/testing';
import { freshOnKafka } from './targets/fresh-stores';
import { kafkaTarget } from './targets/kafka';

describeEventLogContract(kafkaTarget(3), 'kafka-3');
describeFreshnessContract(freshOnKafka(3), 'kafka-3');
