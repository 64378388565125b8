import { queryBody, queryContentType } from './query.ts';

/** A call as a page makes it: the operation's name, and its input as the SDK has it, less dates and bytes. */
export interface Call {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
}

/** What goes over the wire for a call, before it is signed. */
export interface WireCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface JsonService {
  readonly kind: 'json';
  readonly contentType: string;
  readonly target: string;
}

/** Of forms, and answers in XML. */
interface QueryService {
  readonly kind: 'query';
  readonly version: string;
}

interface RestService {
  readonly kind: 'rest';
  readonly prefix: string;
}

const services = {
  batch: { kind: 'rest', prefix: '/v1/' },
  batchyard: { kind: 'rest', prefix: '/batchyard/v1/' },
  states: { kind: 'json', contentType: 'application/x-amz-json-1.0', target: 'AWSStepFunctions' },
  logs: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'Logs_20140328' },
  events: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'AWSEvents' },
  secretsmanager: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'secretsmanager' },
  ssm: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'AmazonSSM' },
  ecs: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'AmazonEC2ContainerServiceV20141113' },
  sqs: { kind: 'json', contentType: 'application/x-amz-json-1.0', target: 'AmazonSQS' },
  iam: { kind: 'query', version: '2010-05-08' },
  sts: { kind: 'query', version: '2011-06-15' },
  sns: { kind: 'query', version: '2010-03-31' },
  cloudtrail: { kind: 'json', contentType: 'application/x-amz-json-1.1', target: 'CloudTrail_20131101' },
} as const satisfies Readonly<Record<string, JsonService | QueryService | RestService>>;

export type ServiceName = keyof typeof services;

/** Puts a call into the form of its service's protocol. Operations of Batch are reached by POST, but those of tags. */
export function encodeCall({ service, operation, input }: Call): WireCall {
  const entry: JsonService | QueryService | RestService = services[service];
  if (entry.kind === 'query') {
    return {
      path: '/',
      headers: { 'content-type': queryContentType },
      body: queryBody(operation, entry.version, input),
    };
  }
  const body = JSON.stringify(input);
  if (entry.kind === 'rest') {
    return { path: entry.prefix + operation.toLowerCase(), headers: { 'content-type': 'application/json' }, body };
  }
  const headers = { 'content-type': entry.contentType, 'x-amz-target': `${entry.target}.${operation}` };
  return { path: '/', headers, body };
}
