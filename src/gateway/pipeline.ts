import { CommitFailed, InvariantViolation, ServiceError } from '../core/errors.ts';
import type { Region } from '../core/ids.ts';
import type { Protocol, RequestContext } from '../core/operation.ts';
import { isShortOfFiles } from '../core/short-of-files.ts';
import {
  anonymousPrincipal,
  type CheckedClaim,
  checkClaim,
  type HttpHead,
  type HttpMessage,
  readSignature,
  rootPrincipal,
  type SignatureReading,
  SigningKeyCache,
  type Verification,
  verifyClaim,
} from '../iam/index.ts';
import type { Answer, StreamedAnswer, WireError } from './answer.ts';
import { bodyError } from './body.ts';
import { type ErrorFormat, formatError } from './error-format.ts';
import type { Exchange } from './exchange.ts';
import type { InputReading } from './json.ts';
import type { CompiledGatewayOptions } from './options.ts';
import { formOf, readInput, writeOutput } from './protocols.ts';
import {
  diskFullMessage,
  malformedError,
  signatureError,
  unknownOperationError,
  wrongMethodError,
} from './refusals.ts';
import {
  type CatalogueEntry,
  type CatalogueService,
  type Identified,
  isQuery,
  ordinaryBody,
  spokenBy,
} from './service-catalogue.ts';
import { guessFormat, unservedError } from './unserved.ts';
import { isZipped, unzip } from './unzip.ts';

/** An answer that is an error, thrown on the way through the pipeline and turned into bytes in one place. */
class Refused extends Error {
  readonly error: WireError;
  readonly format: ErrorFormat | undefined;

  constructor(error: WireError, format?: ErrorFormat) {
    super(error.message);
    this.error = error;
    this.format = format;
  }
}

/** What a request's headers tell of it: enough to decide whether its body is read. */
export interface Admission {
  readonly head: HttpHead;
  readonly reading: SignatureReading;
  /** Absent: the operation is named in the body, as the query protocol may have it. */
  readonly operation?: IdentifiedOperation;
  /** Whose signature the headers state; absent where nobody has to sign. */
  readonly claim?: CheckedClaim;
  /** Nobody has claimed to have signed it, where somebody has to. */
  readonly isOfStranger: boolean;
  /** Largest body, in bytes. */
  readonly maxBody: number;
}

export type Admittance =
  | { readonly kind: 'admitted'; readonly admission: Admission }
  | { readonly kind: 'refused'; readonly answer: Answer };

type IdentifiedOperation = Extract<Identified, { kind: 'operation' }>;

/**
 * From a request to its answer. By its headers alone: identify, check who claims to have signed. Once its body is there:
 * verify the signature, parse, authorize, validate, handle, wait until what the handler saw is durable, serialise.
 * Never throws.
 */
export class Pipeline {
  readonly #options: CompiledGatewayOptions;
  readonly #shortOfFiles: () => void;
  readonly #keys = new SigningKeyCache();

  /** `shortOfFiles` is called when an operation failed for want of a file. */
  constructor(options: CompiledGatewayOptions, shortOfFiles: () => void) {
    this.#options = options;
    this.#shortOfFiles = shortOfFiles;
  }

  /** Decides by the headers of a request whether its body may be read. Host and limits have been checked. */
  admit(exchange: Exchange): Admittance {
    try {
      const head = exchange.head();
      const reading = readSignature(head);
      exchange.mount = this.#options.mount?.(exchange.path);
      const operation = this.#identify(exchange, { ...head, body: '' }, reading, announcesBody(head));
      const claim = this.#checkClaim(exchange, head, reading, operation);
      const isOfStranger = claim === undefined && this.#options.authMode !== 'none';
      const largest = isOfStranger ? unsignedBody : this.#maxBodyOf(exchange, operation);
      const maxBody = Math.min(largest, this.#options.limits.bodyBytes);
      const admission = {
        head,
        reading,
        isOfStranger,
        maxBody,
        ...(operation && { operation }),
        ...(claim && { claim }),
      };
      return { kind: 'admitted', admission };
    } catch (failure) {
      return { kind: 'refused', answer: this.#answerFailure(exchange, failure) };
    }
  }

  /** Answers an admitted request, and fills in what `exchange` becomes to be known for. */
  async answer(exchange: Exchange, admission: Admission, body: Uint8Array): Promise<Answer | StreamedAnswer> {
    try {
      const { method, path, query, headers } = admission.head;
      const message: HttpMessage = { method, path, query, headers, body };
      const operation = admission.operation ?? (await this.#identifyWhole(exchange, message, admission.reading));
      const { entry, labels } = operation;
      this.#authenticate(exchange, message, admission, entry);
      this.#requireReady(entry);
      const plain = isZipped(message) ? await this.#unzip(message, entry.maxBody, exchange) : message;
      return writeOutput(entry, await this.#perform(exchange, plain, entry, labels), exchange.requestId);
    } catch (failure) {
      return this.#answerFailure(exchange, failure);
    }
  }

  /** Of a form that came zipped the operation is known only once it is unzipped, which is before its signature is. */
  async #identifyWhole(exchange: Exchange, message: HttpMessage, reading: SignatureReading) {
    const plain = isZipped(message)
      ? await this.#unzip(message, this.#maxBodyOf(exchange, undefined), exchange)
      : message;
    const operation = this.#identify(exchange, plain, reading, false);
    if (!operation) throw new Error('a whole request that still lacks its operation');
    return operation;
  }

  /** The message with its body as it was before it was zipped. */
  async #unzip(message: HttpMessage, limit: number, exchange: Exchange): Promise<HttpMessage> {
    const most = Math.min(limit, this.#options.limits.bodyBytes);
    const reading = await unzip(message.body, most);
    if (reading.kind === 'unzipped') return { ...message, body: reading.body };
    if (reading.kind === 'too-large') throw new Refused(bodyError(reading, most));
    throw new Refused(malformedError('The request body is not valid gzip.', this.#protocolOf(exchange)));
  }

  /** Undefined only if `incomplete` and what is missing may stand in the body that is still to come. */
  #identify(exchange: Exchange, message: HttpMessage, reading: SignatureReading, incomplete: boolean) {
    const scope = scopeOf(reading);
    exchange.service = scope?.service;
    exchange.region = (scope?.region ?? this.#options.defaultRegion) as Region;
    const addressed = {
      method: message.method,
      path: exchange.mount?.path ?? message.path,
      target: message.headers['x-amz-target'],
      form: () => formOf(message),
    };
    const identified = this.#options.registry.catalogue.identify(addressed, scope?.service);
    if (identified.kind === 'operation') {
      exchange.entry = identified.entry;
      exchange.service = identified.entry.service.definition.name;
      return identified;
    }
    if (incomplete && mayStandInBody(identified)) return undefined;
    throw this.#unidentified(exchange, identified);
  }

  #maxBodyOf({ service }: Exchange, operation: IdentifiedOperation | undefined): number {
    if (operation) return operation.entry.maxBody;
    return this.#options.registry.catalogue.services.get(service ?? '')?.maxBody ?? ordinaryBody;
  }

  #unidentified(exchange: Exchange, identified: Exclude<Identified, { kind: 'operation' }>): Refused {
    switch (identified.kind) {
      case 'unserved': {
        const format = guessFormat(exchange.request.headers, identified.signingName);
        exchange.service = undefined;
        return new Refused(unservedError(identified.signingName, format), format);
      }
      case 'unknown': {
        const format = guessFormat(exchange.request.headers);
        return new Refused(unknownError(this.#options.authMode, format), format);
      }
      case 'unknown-operation':
      case 'wrong-method': {
        const { definition } = identified.service;
        exchange.service = definition.name;
        const error =
          identified.kind === 'wrong-method'
            ? wrongMethodError(identified.allow)
            : unknownOperationError(identified.service, identified.named);
        return new Refused(error, definition.protocol.kind);
      }
    }
  }

  /** Whose signature the headers state, if anybody has to sign. Throws what can be refused without the body. */
  #checkClaim(
    exchange: Exchange,
    head: HttpHead,
    reading: SignatureReading,
    operation: IdentifiedOperation | undefined,
  ): CheckedClaim | undefined {
    if (this.#options.authMode === 'none' || isAnonymous(head, reading, operation?.entry)) return undefined;
    if (!operation && isUnsignedForm(head, reading)) return undefined;
    const protocol = this.#protocolOf(exchange);
    if (reading.kind === 'unsigned') throw new Refused(signatureError({ kind: 'missing' }, protocol));
    if (reading.kind === 'malformed') {
      throw new Refused(signatureError({ kind: 'incomplete', message: reading.message }, protocol));
    }
    const { credentials } = exchange.mount ?? this.#options;
    const check = checkClaim(reading.claim, head, { credentials, now: exchange.now });
    if (check.kind === 'refused') throw new Refused(signatureError(check.refusal, protocol));
    return check.checked;
  }

  #authenticate(exchange: Exchange, message: HttpMessage, { reading, claim }: Admission, entry: CatalogueEntry): void {
    const { account } = this.#options;
    if (isAnonymous(message, reading, entry)) exchange.principal = anonymousPrincipal(account);
    else if (!claim) {
      // An unsigned form was let in only to see what it is for.
      if (this.#options.authMode !== 'none') {
        throw new Refused(signatureError({ kind: 'missing' }, entry.service.definition.protocol.kind));
      }
      exchange.principal = rootPrincipal(account);
    } else {
      const verification = verifyClaim(claim, message, this.#keys);
      if (verification.kind === 'refused') {
        throw new Refused(signatureError(verification.refusal, entry.service.definition.protocol.kind));
      }
      exchange.principal = verification.principal;
      this.#noteUse(verification, exchange);
    }
  }

  #noteUse(
    { principal, scope }: Pick<Extract<Verification, { kind: 'verified' }>, 'principal' | 'scope'>,
    { now: at }: Exchange,
  ): void {
    const { accessKeyId, service, region } = scope;
    if (principal.kind === 'user') this.#options.credentials.used?.({ accessKeyId, service, region, at });
  }

  #requireReady(entry: CatalogueEntry): void {
    const readiness = this.#options.readiness();
    if (readiness.ready || onlyReads(entry)) return;
    const message = `The server is not ready: ${readiness.reason}. Try again.`;
    throw new Refused({ code: entry.service.definition.errors.internal, status: 503, message });
  }

  /** Parses what came; the rest is waited for. */
  #perform(
    exchange: Exchange,
    message: HttpMessage,
    entry: CatalogueEntry,
    labels: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    const { account, limits } = this.#options;
    const { principal, region } = exchange;
    if (!principal || !region) throw new Error('an operation without principal or region');
    const context = exchange.context(account, region, principal);
    const reading = readInput(entry, message, labels, limits);
    if (!(reading instanceof Promise)) return this.#begin(entry, reading, context);
    return reading.then((read) => this.#begin(entry, read, context));
  }

  #begin(entry: CatalogueEntry, reading: InputReading, context: RequestContext): Promise<unknown> {
    if (reading.kind === 'malformed') {
      throw new Refused(malformedError(reading.message, entry.service.definition.protocol.kind));
    }
    if (!onlyReads(entry)) return this.#carryOut(entry, reading.input, context);
    return this.#read(() => this.#carryOut(entry, reading.input, context));
  }

  async #carryOut(entry: CatalogueEntry, input: unknown, context: RequestContext): Promise<unknown> {
    try {
      const output = this.#options.registry.perform(entry, input, context);
      return output instanceof Promise ? await output : output;
    } finally {
      // An error too may tell of what is not durable yet. If it never will be, that is the answer.
      await this.#settle(entry, input, context);
    }
  }

  async #settle(entry: CatalogueEntry, input: unknown, context: RequestContext): Promise<void> {
    try {
      await this.#options.settled();
    } catch (failure) {
      await this.#options.registry.undone(entry, input, context, failure);
      throw failure;
    }
  }

  /** What a read saw of a commit that then failed it must not tell: it looks again once memory holds what is durable. */
  async #read(look: () => Promise<unknown>): Promise<unknown> {
    for (let looks = 1; ; looks += 1) {
      try {
        return await look();
      } catch (failure) {
        if (!(failure instanceof CommitFailed) || looks === mostLooks) throw failure;
        await this.#options.readable();
      }
    }
  }

  #answerFailure(exchange: Exchange, failure: unknown): Answer {
    const definition = this.#serviceOf(exchange)?.definition;
    const protocol = definition?.protocol;
    const named = failure instanceof Refused ? failure.format : undefined;
    const format = named ?? protocol?.kind ?? guessFormat(exchange.request.headers);
    const error = this.#describeFailure(exchange, failure);
    exchange.error = error;
    const queryCodes = named === undefined ? definition?.errors.query : undefined;
    return formatError(format, error, exchange.requestId, { xmlNamespace: xmlNamespaceOf(protocol), queryCodes });
  }

  #serviceOf(exchange: Exchange): CatalogueService | undefined {
    const { entry, service } = exchange;
    if (entry) return entry.service;
    const found = this.#options.registry.catalogue.services.get(service ?? '');
    if (!found) return undefined;
    const target = exchange.request.headers['x-amz-target']?.toString();
    return spokenBy(found, { path: exchange.mount?.path ?? exchange.path, target });
  }

  #protocolOf(exchange: Exchange): Protocol['kind'] {
    return this.#serviceOf(exchange)?.definition.protocol.kind ?? protocolLike(guessFormat(exchange.request.headers));
  }

  #describeFailure(exchange: Exchange, failure: unknown): WireError {
    if (failure instanceof Refused) return failure.error;
    if (failure instanceof ServiceError) {
      const { code, message, status, members } = failure;
      return { code, message, status, members };
    }
    const code = exchange.entry?.service.definition.errors.internal ?? 'InternalFailure';
    const { requestId } = exchange;
    if (failure instanceof CommitFailed) {
      this.#options.logger.warn({ requestId, reason: failure.reason }, failure.message);
      return { code, message: commitFailures[failure.reason], status: failure.reason === 'failed' ? 500 : 503 };
    }
    if (isShortOfFiles(failure)) {
      this.#shortOfFiles();
      this.#options.logger.warn({ requestId, problem: String(failure) }, 'an operation had no file left');
      return { code, message: noFileLeft, status: 503 };
    }
    this.#options.logger.error({ requestId, err: failure }, 'an operation failed unforeseen');
    if (failure instanceof InvariantViolation) this.#options.onInternalError(failure);
    return {
      code,
      message: `An internal error occurred. The server's log tells more under ${requestId}.`,
      status: 500,
    };
  }
}

const noFileLeft = 'The server may open no more files at the moment (ulimit -n). Try again.';

const commitFailures: Readonly<Record<CommitFailed['reason'], string>> = {
  'disk-full': diskFullMessage,
  'not-leading': 'This server does not lead its installation: nothing can be changed here. Reads go on.',
  'lost-commits':
    'The database is older than it was: nothing can be changed until the operator has decided what to do, as the log of the ' +
    'server says. Reads go on.',
  damaged: 'The database is damaged, and the server is about to stop.',
  failed: 'The change could not be stored, and has not been made.',
};

/** Commits may fail again and again. */
const mostLooks = 3;

function onlyReads({ operation }: CatalogueEntry): boolean {
  return operation.kind !== 'unbuilt' && operation.readOnly;
}

/** Nobody signed what nobody has to sign: a GET, or what brings a token. */
function isAnonymous({ method }: HttpHead, reading: SignatureReading, entry: CatalogueEntry | undefined): boolean {
  if (reading.kind !== 'unsigned' || entry?.operation.kind !== 'operation') return false;
  const { anonymous, identify } = entry.operation;
  return identify !== undefined || (anonymous === true && method === 'GET');
}

/** The largest body that is read of somebody who has proved nothing, in bytes: a token and a session policy fit in. */
export const unsignedBody = 65_536;

/** A form whose body may name an operation that a token signs for. */
function isUnsignedForm({ method, headers }: HttpHead, reading: SignatureReading): boolean {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const isSmall = Number(headers['content-length'] ?? 0) <= unsignedBody;
  return reading.kind === 'unsigned' && method === 'POST' && isForm && isSmall;
}

function announcesBody({ headers }: HttpHead): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The query protocol's `Action` and, of an unsigned request, `Version`. */
function mayStandInBody(identified: Exclude<Identified, { kind: 'operation' }>): boolean {
  if (identified.kind === 'unknown') return true;
  if (identified.kind !== 'unknown-operation' || identified.named !== undefined) return false;
  return isQuery(identified.service.definition.protocol);
}

function scopeOf(reading: SignatureReading) {
  if (reading.kind === 'claimed') return reading.claim.scope;
  return reading.kind === 'malformed' ? reading.scope : undefined;
}

/** Unsigned, and for nothing that is known: AWS asks for a token first. */
function unknownError(authMode: 'sigv4' | 'none', format: ErrorFormat): WireError {
  if (authMode === 'sigv4') return signatureError({ kind: 'missing' }, protocolLike(format));
  const message = 'Nothing in the request says which service and operation it is for.';
  return { code: 'UnknownOperationException', status: 404, message };
}

function protocolLike(format: ErrorFormat): Protocol['kind'] {
  return format === 'restXml' ? 'restJson1' : format;
}

function xmlNamespaceOf(protocol: Protocol | undefined): string | undefined {
  return protocol?.kind === 'awsQuery' ? protocol.xmlNamespace : undefined;
}
