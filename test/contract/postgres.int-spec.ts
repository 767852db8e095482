import { describeEventLogContract } from '@openclaw/event-log/testing';
import { postgresTarget } from './targets/postgres';

jest.setTimeout(30_000);
describeEventLogContract(postgresTarget, 'postgres');
