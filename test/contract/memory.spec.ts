import { describeEventLogContract } from '@openclaw/event-log/testing';
import { MEMORY_EXCLUDED, memoryTarget } from './targets/memory';

describeEventLogContract(memoryTarget, 'memory', MEMORY_EXCLUDED);
