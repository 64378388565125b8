import { ServiceError } from '../core/errors.ts';
import type { RequestContext, ServiceDefinition } from '../core/operation.ts';
import { authorize } from '../iam/index.ts';
import type { WireError } from './answer.ts';
import { deniedError, malformedError, unbuiltError, unknownOperationError } from './refusals.ts';
import { type CatalogueEntry, ServiceCatalogue } from './service-catalogue.ts';
import { describeProblem } from './validation-message.ts';

/** Told of what a call turned out to be: its validated input. */
export type ValidatedHook = (input: unknown) => void;

/**
 * All services and their operations. Services call each other through `invoke` alone, so that every call is validated
 * and authorized, whoever makes it.
 */
export class OperationRegistry {
  readonly catalogue: ServiceCatalogue;

  /** Throws if two services have the same name. */
  constructor(services: readonly ServiceDefinition[]) {
    this.catalogue = new ServiceCatalogue(services);
  }

  /**
   * Calls an operation by name as `context.principal`: validates, authorizes, runs the handler. The effect may not be
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

  /** Validates, authorizes and runs one operation. Throws `ServiceError` like `invoke`. */
  perform(entry: CatalogueEntry, input: unknown, context: RequestContext, validated?: ValidatedHook): unknown {
    const { operation, service } = entry;
    if (operation.kind === 'unbuilt') throw asServiceError(unbuiltError(entry));
    const parsed = operation.schema.safeParse(input);
    if (!parsed.success) throw invalidInput(entry, parsed.error.issues, input);
    validated?.(parsed.data);
    const decision = authorize(context.principal, operation.access(parsed.data, context));
    if (decision.kind === 'deny') {
      throw asServiceError(deniedError(decision.message, service.definition.protocol.kind));
    }
    return operation.handler(parsed.data, context);
  }
}

function invalidInput(
  { service }: CatalogueEntry,
  issues: Parameters<typeof describeProblem>[0],
  input: unknown,
): ServiceError {
  const { definition } = service;
  const problem = describeProblem(issues, input);
  if (problem.kind === 'type') return asServiceError(malformedError(problem.message, definition.protocol.kind));
  return new ServiceError(definition.errors.validation, problem.message);
}

function asServiceError(error: WireError): ServiceError {
  return new ServiceError(error.code, error.message, { status: error.status });
}
