export type { Entry } from './entry.ts';
export { toStored } from './entry.ts';
export { MessageQueue } from './message-queue.ts';
