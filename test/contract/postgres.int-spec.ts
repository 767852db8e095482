import { describeEventLogContract } from '@openclaw/event-log/testing';
import { describeFreshnessContract } from '@openclaw/freshness/testing';
import { freshOnPostgres } from './targets/fresh-stores';
import { postgresTarget } from './targets/postgres';

describeEventLogContract(postgresTarget, 'postgres');
describeFreshnessContract(freshOnPostgres, 'postgres');
