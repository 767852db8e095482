import { describeEventLogContract } from '@openclaw/event-log/testing';
import { describeFreshnessContract } from '@openclaw/freshness/testing';
import { freshInMemory } from './targets/fresh-stores';
import { MEMORY_EXCLUDED, memoryTarget } from './targets/memory';

describeEventLogContract(memoryTarget, 'memory', MEMORY_EXCLUDED);
describeFreshnessContract(freshInMemory, 'memory');
