import { describeEventLogContract } from '@openclaw/event-log/testing';
import { kafkaTarget } from './targets/kafka';

jest.setTimeout(60_000);
describeEventLogContract(kafkaTarget(1), 'kafka-1');
