import type { RequestContext, ServiceDefinition } from '../core/operation.ts';
import type { OperationRegistry } from '../gateway/index.ts';

/** Calls between services, for services that are made before the registry which holds them all. */
export class ServiceCalls {
  #registry: OperationRegistry | undefined;

  /** From now on calls find their way. */
  open(registry: OperationRegistry): void {
    this.#registry = registry;
  }

  /** Calls an operation by name, as `OperationRegistry.invoke` does. */
  async invoke<Output>(service: string, operation: string, input: unknown, context: RequestContext): Promise<Output> {
    return this.#opened().invoke<Output>(service, operation, input, context);
  }

  /** Every service of the installation. */
  services(): readonly ServiceDefinition[] {
    return [...this.#opened().catalogue.services.values()].map(({ definition }) => definition);
  }

  #opened(): OperationRegistry {
    if (!this.#registry) throw new Error('a service was called before all services were there');
    return this.#registry;
  }
}
