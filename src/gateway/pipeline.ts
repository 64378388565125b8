import { CommitFailed, ServiceError } from '../core/errors.ts';
import type { Region } from '../core/ids.ts';
import type { Protocol } from '../core/operation.ts';
import {
  anonymousPrincipal,
  type HttpMessage,
  readSignature,
  rootPrincipal,
  type SignatureReading,
  SigningKeyCache,
  verifySignature,
} from '../iam/index.ts';
import type { Answer, WireError } from './answer.ts';
import { type ErrorFormat, formatError } from './error-format.ts';
import type { Exchange } from './exchange.ts';
import type { CompiledGatewayOptions } from './options.ts';
import { formOf, readInput, writeOutput } from './protocols.ts';
import { malformedError, signatureError, unknownOperationError, wrongMethodError } from './refusals.ts';
import type { CatalogueEntry, Identified } from './service-catalogue.ts';
import { guessFormat, unservedError } from './unserved.ts';

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

/**
 * From a whole request to its answer: identify, authenticate, parse, validate, authorize, handle, wait until what the
 * handler saw is durable, serialise. Never throws.
 */
export class Pipeline {
  readonly #options: CompiledGatewayOptions;
  readonly #keys = new SigningKeyCache();

  constructor(options: CompiledGatewayOptions) {
    this.#options = options;
  }

  /** Answers a request of which host and limits have been checked. Fills in what `exchange` becomes to be known for. */
  async answer(exchange: Exchange, body: Uint8Array): Promise<Answer> {
    try {
      const message = exchange.message(body);
      const reading = readSignature(message);
      const { entry, labels } = this.#identify(exchange, message, reading);
      this.#authenticate(exchange, message, reading, entry);
      this.#requireReady(entry);
      return await this.#perform(exchange, message, entry, labels);
    } catch (failure) {
      return this.#answerFailure(exchange, failure);
    }
  }

  #identify(exchange: Exchange, message: HttpMessage, reading: SignatureReading) {
    const scope = scopeOf(reading);
    exchange.service = scope?.service;
    exchange.region = (scope?.region ?? this.#options.defaultRegion) as Region;
    const addressed = {
      method: message.method,
      path: message.path,
      target: message.headers['x-amz-target'],
      form: () => formOf(message),
    };
    const identified = this.#options.registry.catalogue.identify(addressed, scope?.service);
    if (identified.kind !== 'operation') throw this.#unidentified(exchange, identified);
    exchange.entry = identified.entry;
    exchange.service = identified.entry.service.definition.name;
    return identified;
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

  #authenticate(exchange: Exchange, message: HttpMessage, reading: SignatureReading, entry: CatalogueEntry): void {
    const { authMode, account, credentials } = this.#options;
    if (reading.kind === 'unsigned' && message.method === 'GET' && isAnonymous(entry)) {
      exchange.principal = anonymousPrincipal(account);
      return;
    }
    if (authMode === 'none') {
      exchange.principal = rootPrincipal(account);
      return;
    }
    const protocol = entry.service.definition.protocol.kind;
    if (reading.kind === 'unsigned') throw new Refused(signatureError({ kind: 'missing' }, protocol));
    if (reading.kind === 'malformed') {
      throw new Refused(signatureError({ kind: 'incomplete', message: reading.message }, protocol));
    }
    const verifier = { credentials, keys: this.#keys, now: exchange.now };
    const verification = verifySignature(reading.claim, message, verifier);
    if (verification.kind === 'refused') throw new Refused(signatureError(verification.refusal, protocol));
    exchange.principal = verification.principal;
  }

  #requireReady(entry: CatalogueEntry): void {
    const readiness = this.#options.readiness();
    if (readiness.ready) return;
    const message = `The server is not ready: ${readiness.reason}. Try again.`;
    throw new Refused({ code: entry.service.definition.errors.internal, status: 503, message });
  }

  async #perform(
    exchange: Exchange,
    message: HttpMessage,
    entry: CatalogueEntry,
    labels: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const { account, registry, limits, settled } = this.#options;
    const { principal, region } = exchange;
    if (!principal || !region) throw new Error('an operation without principal or region');
    const reading = readInput(entry, message, labels, limits);
    if (reading.kind === 'malformed') {
      throw new Refused(malformedError(reading.message, entry.service.definition.protocol.kind));
    }
    const context = exchange.context(account, region, principal);
    let output: unknown;
    try {
      output = await registry.perform(entry, reading.input, context, (input) => {
        exchange.input = input;
      });
    } finally {
      // An error too may tell of what is not durable yet. If it never will be, that is the answer.
      await settled();
    }
    return writeOutput(entry, output, exchange.requestId);
  }

  #answerFailure(exchange: Exchange, failure: unknown): Answer {
    const format = (failure instanceof Refused ? failure.format : undefined) ?? this.#formatOf(exchange);
    const error = this.#describeFailure(exchange, failure);
    exchange.error = error;
    const protocol = exchange.entry?.service.definition.protocol;
    return formatError(format, error, exchange.requestId, xmlNamespaceOf(protocol));
  }

  #formatOf(exchange: Exchange): ErrorFormat {
    return exchange.entry?.service.definition.protocol.kind ?? guessFormat(exchange.request.headers);
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
    this.#options.logger.error({ requestId, err: failure }, 'an operation failed unforeseen');
    return {
      code,
      message: `An internal error occurred. The server's log tells more under ${requestId}.`,
      status: 500,
    };
  }
}

const commitFailures: Readonly<Record<CommitFailed['reason'], string>> = {
  'disk-full': 'The disk of the server is full: nothing can be changed until there is room. Reads go on.',
  'lost-leadership': 'This server no longer leads its installation. Try again.',
  damaged: 'The database is damaged, and the server is about to stop.',
  failed: 'The change could not be stored, and has not been made.',
};

function isAnonymous({ operation }: CatalogueEntry): boolean {
  return operation.kind === 'operation' && operation.anonymous === true;
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
  return format === 'ec2Query' || format === 'restXml' || format === 'rpcv2Cbor' ? 'restJson1' : format;
}

function xmlNamespaceOf(protocol: Protocol | undefined): string | undefined {
  return protocol?.kind === 'awsQuery' ? protocol.xmlNamespace : undefined;
}
