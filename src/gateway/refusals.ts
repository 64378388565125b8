import { type Protocol, unbuiltMessage } from '../core/operation.ts';
import type { SignatureRefusal } from '../iam/index.ts';
import type { WireError } from './answer.ts';
import type { CatalogueEntry, CatalogueService } from './service-catalogue.ts';

/** What can be written nowhere is refused in the same words, whoever finds it first. */
export const diskFullMessage =
  'The disk of the server is full: nothing can be changed until there is room. Reads go on.';

type Kind = Protocol['kind'];
type Family = 'rest' | 'json' | 'query' | 'ec2';

const families: Readonly<Record<Kind, Family>> = {
  restJson1: 'rest',
  'awsJson1.0': 'json',
  'awsJson1.1': 'json',
  rpcv2Cbor: 'json',
  awsQuery: 'query',
  ec2Query: 'ec2',
};

/** AWS's code and status for one refusal, in each family of protocols. */
type Codes = Readonly<Record<Family, readonly [code: string, status: number]>>;

const signatureCodes: Readonly<Record<SignatureRefusal['kind'], Codes>> = {
  missing: {
    rest: ['MissingAuthenticationTokenException', 403],
    json: ['MissingAuthenticationTokenException', 400],
    query: ['MissingAuthenticationToken', 403],
    ec2: ['MissingAuthenticationToken', 403],
  },
  incomplete: {
    rest: ['IncompleteSignatureException', 403],
    json: ['IncompleteSignatureException', 400],
    query: ['IncompleteSignature', 400],
    ec2: ['IncompleteSignature', 400],
  },
  mismatch: {
    rest: ['InvalidSignatureException', 403],
    json: ['InvalidSignatureException', 400],
    query: ['SignatureDoesNotMatch', 403],
    ec2: ['AuthFailure', 401],
  },
  'unknown-key': {
    rest: ['UnrecognizedClientException', 403],
    json: ['UnrecognizedClientException', 400],
    query: ['InvalidClientTokenId', 403],
    ec2: ['AuthFailure', 401],
  },
  'expired-token': {
    rest: ['ExpiredTokenException', 403],
    json: ['ExpiredTokenException', 400],
    query: ['ExpiredToken', 403],
    ec2: ['RequestExpired', 400],
  },
  'request-expired': {
    rest: ['RequestExpired', 400],
    json: ['RequestExpired', 400],
    query: ['RequestExpired', 400],
    ec2: ['RequestExpired', 400],
  },
};

const deniedCodes: Codes = {
  rest: ['AccessDeniedException', 403],
  json: ['AccessDeniedException', 400],
  query: ['AccessDenied', 403],
  ec2: ['UnauthorizedOperation', 403],
};

const malformedCodes: Codes = {
  rest: ['SerializationException', 400],
  json: ['SerializationException', 400],
  query: ['MalformedInput', 400],
  ec2: ['InvalidParameterValue', 400],
};

const unknownCodes: Codes = {
  rest: ['UnknownOperationException', 404],
  json: ['UnknownOperationException', 400],
  query: ['InvalidAction', 400],
  ec2: ['InvalidAction', 400],
};

function wireError(codes: Codes, protocol: Kind, message: string): WireError {
  const [code, status] = codes[families[protocol]];
  return { code, status, message };
}

/** A signature that was not accepted. */
export function signatureError(refusal: SignatureRefusal, protocol: Kind): WireError {
  return wireError(signatureCodes[refusal.kind], protocol, describeRefusal(refusal, protocol));
}

function describeRefusal(refusal: SignatureRefusal, protocol: Kind): string {
  switch (refusal.kind) {
    case 'missing':
      return protocol === 'awsQuery' || protocol === 'ec2Query'
        ? 'Request is missing Authentication Token'
        : 'Missing Authentication Token';
    case 'incomplete':
      return refusal.message;
    case 'mismatch':
      return protocol === 'restJson1' ? withCanonicalTexts(refusal) : refusal.message;
    case 'unknown-key':
      return 'The security token included in the request is invalid.';
    case 'expired-token':
      return 'The security token included in the request is expired';
    case 'request-expired':
      return 'Request has expired.';
  }
}

function withCanonicalTexts(refusal: Extract<SignatureRefusal, { kind: 'mismatch' }>): string {
  if (!refusal.canonical) return refusal.message;
  const { request, stringToSign } = refusal.canonical;
  return (
    `${refusal.message}\n\nThe Canonical String for this request should have been\n'${request}'\n\n` +
    `The String-to-Sign should have been\n'${stringToSign}'\n`
  );
}

/** The principal may not do it; `message` is the evaluator's. */
export function deniedError(message: string, { definition }: CatalogueService): WireError {
  const error = wireError(deniedCodes, definition.protocol.kind, message);
  return { ...error, code: definition.errors.denied ?? error.code };
}

/** The input cannot be read at all, or a member has the wrong type. */
export function malformedError(message: string, protocol: Kind): WireError {
  return wireError(malformedCodes, protocol, message);
}

/** The service has no such operation. */
export function unknownOperationError(service: CatalogueService, named: string | undefined): WireError {
  const { protocol, apiVersion, name } = service.definition;
  return wireError(unknownCodes, protocol.kind, describeUnknown(protocol.kind, name, apiVersion, named));
}

function describeUnknown(protocol: Kind, service: string, apiVersion: string, named: string | undefined): string {
  if (named === undefined) return `The request names no operation of ${service}.`;
  if (protocol === 'ec2Query') return `The action ${named} is not valid for this web service.`;
  if (protocol === 'awsQuery') return `Could not find operation ${named} for version ${apiVersion}`;
  return `The operation ${named} is not one of ${service}.`;
}

/** The path is right, the method is not. */
export function wrongMethodError(allow: readonly string[]): WireError {
  const message = `This path takes ${allow.join(' or ')}.`;
  return { code: 'MethodNotAllowedException', status: 405, message, allow };
}

/**
 * AWS has the operation and this version has not. Always a 400, which no SDK tries again: Batch's `ClientException`,
 * else a code that SDKs show by its name.
 */
export function unbuiltError({ name, service }: CatalogueEntry): WireError {
  const { definition } = service;
  const code = unbuiltCode(definition.protocol.kind, definition.errors.validation);
  return { code, status: 400, message: unbuiltMessage(name) };
}

function unbuiltCode(protocol: Kind, validation: string): string {
  if (validation === 'ClientException') return validation;
  if (protocol === 'ec2Query') return 'UnsupportedOperation';
  return protocol === 'awsQuery' ? 'NotImplemented' : 'UnsupportedOperationException';
}
