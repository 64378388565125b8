export type { Delivery, DeliveryOutcome, QueuePort } from './port.ts';
export { sqsRecords } from './records.ts';
export { createSqs, type SqsOperationName, type SqsOptions, type SqsService } from './service.ts';
