import { ServiceError } from '../core/errors.ts';
import type { AccessRequests, RefusedEntries, RequestContext, ServiceDefinition } from '../core/operation.ts';
import type { Principal } from '../core/principal.ts';
import { Authority, anonymousPrincipal } from '../iam/index.ts';
import type { WireError } from './answer.ts';
import { Audit, type AuditOptions } from './audit.ts';
import { deniedError, malformedError, unbuiltError, unknownOperationError } from './refusals.ts';
import { type BuiltEntry, type CatalogueEntry, isBuilt, ServiceCatalogue } from './service-catalogue.ts';
import { validateInSlices } from './sliced-validation.ts';
import { describeProblem, parameterProblem } from './validation-message.ts';

const noneRefused: RefusedEntries = new Map();

/**
 * All services and their operations. Services call each other through `invoke` alone, so that every call is authorized,
 * validated and audited, whoever makes it.
 */
export class OperationRegistry {
  readonly catalogue: ServiceCatalogue;
  /** Decides every call. */
  readonly authority: Authority;
  readonly #audit: Audit | undefined;

  /**
   * Throws if two services have the same name. Without `audit` no call is recorded, at no cost; without `authority` nobody is
   * stored whom policies could allow anything.
   */
  constructor(services: readonly ServiceDefinition[], audit?: AuditOptions, authority: Authority = new Authority()) {
    this.catalogue = new ServiceCatalogue(services);
    this.authority = authority;
    this.#audit = audit && new Audit(audit);
  }

  /**
   * Calls an operation by name as `context.principal`: authorizes, validates, runs the handler. The effect may not be
   * durable yet when this answers. Throws `ServiceError` for whatever the caller did wrong, unknown names included.
   */
  async invoke<Output = unknown>(
    service: string,
    operation: string,
    input: unknown,
    context: RequestContext,
  ): Promise<Output> {
    const found = this.catalogue.services.get(service);
    if (!found) throw new ServiceError('UnknownServiceException', `There is no service named ${service}.`);
    const entry = found.entries.get(operation);
    if (!entry) throw asServiceError(unknownOperationError(found, operation));
    return (await this.perform(entry, input, context)) as Output;
  }

  /**
   * Authorizes, validates and runs one operation, in this order: whoever may not call it learns and costs nothing more.
   * At once if nothing has to be waited for. Throws `ServiceError` like `invoke`.
   */
  perform(entry: CatalogueEntry, input: unknown, context: RequestContext): unknown {
    const { operation: found } = entry;
    if (found.kind === 'late')
      return found.load().then((operation) => this.perform({ ...entry, operation }, input, context));
    if (!isBuilt(entry)) throw asServiceError(unbuiltError(entry));
    return entry.operation.identify
      ? this.#performIdentified(entry, input, context)
      : this.#performAs(entry, input, context);
  }

  /** As whom the request itself names. Who cannot be told is on record as nobody. */
  async #performIdentified(entry: BuiltEntry, input: unknown, context: RequestContext): Promise<unknown> {
    const { account } = context;
    const identified = await identify(entry, input, context);
    if ('principal' in identified) return this.#performAs(entry, input, callingAs(context, identified.principal));
    return this.#performAs(entry, input, callingAs(context, anonymousPrincipal(account)), () => {
      throw identified.failure;
    });
  }

  #performAs(entry: BuiltEntry, input: unknown, context: RequestContext, refuse?: () => never): unknown {
    if (!this.#audit?.wants(entry)) {
      return refuse?.() ?? this.#admit(entry, input, context, () => questionsOf(entry, input, context));
    }
    let asked: ReturnType<typeof questionsOf> | undefined;
    const questions = () => {
      asked ??= questionsOf(entry, input, context);
      return asked;
    };
    return this.#audit.around(
      { entry, input, context, questions },
      () => refuse?.() ?? this.#admit(entry, input, context, questions),
    );
  }

  /** Tells the audit that what a call has done, which may be on record, could not be stored. */
  async undone(entry: CatalogueEntry, input: unknown, context: RequestContext, failure: unknown): Promise<void> {
    const operation = entry.operation.kind === 'late' ? await entry.operation.load() : entry.operation;
    const loaded: CatalogueEntry = { ...entry, operation };
    if (!isBuilt(loaded) || loaded.operation.readOnly || !this.#audit?.wants(loaded)) return;
    const questions = () => questionsOf(loaded, input, context);
    await this.#audit.undone({ entry: loaded, input, context, questions }, failure);
  }

  #admit(
    entry: BuiltEntry,
    input: unknown,
    context: RequestContext,
    questions: () => AccessRequests | Promise<AccessRequests>,
  ): unknown {
    if (this.authority.mayDoEverything(context.principal)) return run(entry, input, context, noneRefused);
    const asked = questions();
    const decide = (requests: AccessRequests) => {
      const decision = this.authority.decide(context, requests);
      if (decision.kind === 'allow') return run(entry, input, context, decision.refused);
      throw asServiceError(deniedError(decision.message, entry.service));
    };
    return asked instanceof Promise ? asked.then(decide) : decide(asked);
  }
}

/** What the operation asks about a call. */
function questionsOf({ operation }: BuiltEntry, input: unknown, context: RequestContext) {
  return operation.access(structureOr(input), context);
}

async function identify({ operation }: BuiltEntry, input: unknown, context: RequestContext) {
  try {
    return { principal: (await operation.identify?.(structureOr(input), context)) ?? context.principal };
  } catch (failure) {
    return { failure };
  }
}

/** An input that is no structure at all names nothing. */
function structureOr(input: unknown): object {
  return typeof input === 'object' && input !== null ? input : {};
}

/** The same call, made by somebody else. Where it comes from is asked when it is needed. */
function callingAs(context: RequestContext, principal: Principal): RequestContext {
  const { account, region, requestId, now } = context;
  return {
    ...{ account, region, principal, requestId, now },
    get source() {
      return context.source;
    },
    get signal() {
      return context.signal;
    },
  };
}

function run(entry: BuiltEntry, input: unknown, context: RequestContext, refused: RefusedEntries): unknown {
  const { operation } = entry;
  // However the call came: a state machine hands on whatever an execution was given.
  validateInSlices(operation.schema);
  const parsed = operation.schema.safeParse(input);
  if (!parsed.success) throw invalidInput(entry, parsed.error.issues, input);
  return operation.handler(parsed.data, context, refused);
}

function invalidInput(
  { service }: CatalogueEntry,
  issues: Parameters<typeof describeProblem>[0],
  input: unknown,
): ServiceError {
  const { definition } = service;
  const { parameters } = definition.errors;
  const wrong = parameters && parameterProblem(issues, input);
  if (wrong) return new ServiceError(parameters[wrong.kind], wrong.message);
  const problem = describeProblem(issues, input);
  if (problem.kind === 'type') return asServiceError(malformedError(problem.message, definition.protocol.kind));
  return new ServiceError(definition.errors.validation, problem.message);
}

function asServiceError(error: WireError): ServiceError {
  return new ServiceError(error.code, error.message, { status: error.status });
}
