export type { ManagedRule } from './managed-rule.ts';
export { createEventsService, type EventsOperationName } from './service.ts';
