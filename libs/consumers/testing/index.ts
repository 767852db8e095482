export { InMemoryProjectionStore } from './in-memory-projection-store';
