import { batchBindings } from '../../../src/services/batch/bindings.ts';
import { schedulerBindings } from '../../../src/services/scheduler/bindings.ts';
import { type RestBindings, type RestRequest, restRequest } from './rest-request.ts';

/** A call as a page makes it: the operation's name, and its input as the SDK has it, less dates and bytes. */
export interface Call {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
}

/** What goes over the wire for a call, before it is signed. */
export interface WireCall extends RestRequest {
  readonly headers: Readonly<Record<string, string>>;
}

interface JsonService {
  readonly kind: 'json';
  readonly contentType: string;
  readonly target: string;
}

interface RestService {
  readonly kind: 'rest';
  readonly bindings: RestBindings;
}

/** Every operation is a POST to its name in small letters below `prefix`. */
interface NamedService {
  readonly kind: 'named';
  readonly prefix: string;
}

const services = {
  batch: { kind: 'rest', bindings: batchBindings },
  batchyard: { kind: 'named', prefix: '/batchyard/v1/' },
  scheduler: { kind: 'rest', bindings: schedulerBindings },
  states: { kind: 'json', contentType: 'application/x-amz-json-1.0', target: 'AWSStepFunctions' },
  logs: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'Logs_20140328' },
  events: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'AWSEvents' },
  monitoring: { kind: 'json', contentType: 'application/x-amz-json-1.0', target: 'GraniteServiceVersion20100801' },
  secretsmanager: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'secretsmanager' },
  ssm: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'AmazonSSM' },
  ecs: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'AmazonEC2ContainerServiceV20141113' },
  sqs: { kind: 'json', contentType: 'application/x-amz-json-1.0', target: 'AmazonSQS' },
  cloudtrail: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'CloudTrail_20131101' },
} as const satisfies Readonly<Record<string, JsonService | NamedService | RestService>>;

export type ServiceName = keyof typeof services;

/** Puts a call into the form of its service's protocol. */
export function encodeCall({ service, operation, input }: Call): WireCall {
  const entry: JsonService | NamedService | RestService = services[service];
  const json = { 'content-type': 'application/json' };
  if (entry.kind === 'rest') {
    const binding = entry.bindings[operation];
    if (!binding) throw new Error(`${service} has no operation ${operation}`);
    const request = restRequest(binding, input);
    return { ...request, headers: request.body === '' ? {} : json };
  }
  const post = { method: 'POST', query: '', body: JSON.stringify(input) } as const;
  if (entry.kind === 'named') return { ...post, path: entry.prefix + operation.toLowerCase(), headers: json };
  const headers = { 'content-type': entry.contentType, 'x-amz-target': `${entry.target}.${operation}` };
  return { ...post, path: '/', headers };
}
