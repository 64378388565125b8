import type { RegisterJobDefinitionRequest } from '@aws-sdk/client-batch';
import type { JobDefinitionRecord } from '../records.ts';

/** What a definition was registered with, less name and tags. */
export type RegisteredRequest = Omit<RegisterJobDefinitionRequest, 'jobDefinitionName' | 'tags'>;

/** Reads the request of a definition: it was validated when it was stored. */
export function registeredRequest({ request }: Pick<JobDefinitionRecord, 'request'>): RegisteredRequest {
  return request as unknown as RegisteredRequest;
}
