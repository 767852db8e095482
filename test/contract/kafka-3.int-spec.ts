import { describeEventLogContract } from '@openclaw/event-log/testing';
import { kafkaTarget } from './targets/kafka';

jest.setTimeout(90_000);
describeEventLogContract(kafkaTarget(3), 'kafka-3');
