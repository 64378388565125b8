import type { HttpBinding, Operation, ServiceDefinition } from '../core/operation.ts';

// biome-ignore lint/suspicious/noExplicitAny: each operation has its own input and output.
type OwnOperations = Readonly<Record<string, Operation<any, any>>>;

/** Batchyard's own service with more operations: those that need what its other ones have not. Each is at `/batchyard/v1/NAME`. */
export function withOperations(batchyard: ServiceDefinition, more: OwnOperations): ServiceDefinition {
  const { protocol } = batchyard;
  if (protocol.kind !== 'restJson1') throw new Error('the operations of Batchyard have paths');
  const bindings = Object.fromEntries(
    Object.keys(more).map((name): [string, HttpBinding] => [
      name,
      { method: 'POST', path: `/batchyard/v1/${name.toLowerCase()}` },
    ]),
  );
  return {
    ...batchyard,
    protocol: { ...protocol, bindings: { ...protocol.bindings, ...bindings } },
    operations: { ...batchyard.operations, ...more },
  };
}
