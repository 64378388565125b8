export { createBatchEvents } from './batch-events.ts';
export { environmentEvents } from './environment-events.ts';
