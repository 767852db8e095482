export { LifecycleLog, newEvent } from './lifecycle-log';
