export { createBatchEvents } from './batch-events.ts';
