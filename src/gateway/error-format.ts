import type { Protocol, QueryError } from '../core/operation.ts';
import type { Answer, WireError } from './answer.ts';
import { writeCbor } from './cbor.ts';
import { textElement } from './xml.ts';

/** The shapes in which AWS's services report errors: ours, and those of services that are not served here. */
export type ErrorFormat = Protocol['kind'] | 'restXml';

/** What a service has of its own. */
interface ServiceWords {
  /** In awsQuery. */
  readonly xmlNamespace?: string | undefined;
  /** What its codes are called in awsQuery. */
  readonly queryCodes?: Readonly<Record<string, QueryError>> | undefined;
}

interface ErrorDetails extends ServiceWords {
  readonly error: WireError;
  readonly requestId: string;
}

/** An error's answer in one format. */
export function formatError(
  format: ErrorFormat,
  error: WireError,
  requestId: string,
  words: ServiceWords = {},
): Answer {
  const answer = formatters[format]({ error, requestId, ...words });
  if (!error.allow) return answer;
  return { ...answer, headers: [...(answer.headers ?? []), 'allow', error.allow.join(', ')] };
}

const formatters: Readonly<Record<ErrorFormat, (details: ErrorDetails) => Answer>> = {
  restJson1: ({ error }) => ({
    status: error.status,
    contentType: 'application/json',
    body: JSON.stringify({ ...error.members, message: error.message }),
    headers: ['x-amzn-errortype', error.code],
  }),
  'awsJson1.0': (details) => awsJson(details, 'application/x-amz-json-1.0'),
  'awsJson1.1': (details) => awsJson(details, 'application/x-amz-json-1.1'),
  awsQuery: ({ error: given, requestId, xmlNamespace, queryCodes }) => {
    const error = inQuery(given, queryCodes);
    return {
      status: error.status,
      contentType: 'text/xml',
      body: errorResponse(error, requestId, xmlNamespace),
      headers: ['x-amzn-errortype', error.code],
    };
  },
  ec2Query: ({ error, requestId }) => ({
    status: error.status,
    contentType: 'text/xml;charset=UTF-8',
    body:
      `${xmlDeclaration}<Response><Errors><Error>${codeAndMessage(error)}</Error></Errors>` +
      `${textElement('RequestID', requestId)}</Response>`,
  }),
  restXml: ({ error, requestId }) => ({
    status: error.status,
    contentType: 'application/xml',
    body: `${xmlDeclaration}<Error>${codeAndMessage(error)}${textElement('RequestId', requestId)}</Error>`,
    headers: ['x-amz-request-id', requestId],
  }),
  rpcv2Cbor: ({ error, queryCodes }) => ({
    status: error.status,
    contentType: 'application/cbor',
    body: writeCbor({ __type: error.code, ...error.members, message: error.message }),
    headers: ['smithy-protocol', 'rpc-v2-cbor', ...queryError(error, queryCodes)],
  }),
};

const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function awsJson({ error, queryCodes }: ErrorDetails, contentType: string): Answer {
  return {
    status: error.status,
    contentType,
    body: JSON.stringify({ __type: error.code, ...error.members, message: error.message }),
    headers: ['x-amzn-errortype', error.code, ...queryError(error, queryCodes)],
  };
}

/** The header that tells clients of a service that once spoke the query protocol the code that they know. */
function queryError(error: WireError, queryCodes: ServiceWords['queryCodes']): string[] {
  if (!queryCodes) return [];
  const side = error.status >= 500 ? 'Receiver' : 'Sender';
  return ['x-amzn-query-error', `${inQuery(error, queryCodes).code};${side}`];
}

/** An error as clients of the query protocol know it. */
function inQuery(error: WireError, codes: ServiceWords['queryCodes']): WireError {
  const known = codes && Object.hasOwn(codes, error.code) ? codes[error.code] : undefined;
  return known ? { ...error, code: known[0], status: known[1] } : error;
}

function errorResponse(error: WireError, requestId: string, xmlNamespace: string | undefined): string {
  const namespace = xmlNamespace === undefined ? '' : ` xmlns="${xmlNamespace}"`;
  const side = error.status >= 500 ? 'Receiver' : 'Sender';
  return (
    `<ErrorResponse${namespace}><Error>${textElement('Type', side)}${codeAndMessage(error)}</Error>` +
    `${textElement('RequestId', requestId)}</ErrorResponse>`
  );
}

function codeAndMessage(error: WireError): string {
  return `${textElement('Code', error.code)}${textElement('Message', error.message)}`;
}
