export { connectionSecretsAtRest, type Reach } from './endpoints/index.ts';
export type { EventSource, SourceEvent } from './event-source.ts';
export type { ManagedRule } from './managed-rule.ts';
export { eventsRecords } from './records.ts';
export { createEventsService, type EventsOperationName, type EventsService } from './service.ts';
