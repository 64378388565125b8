import type { RequestContext } from './operation.ts';

/** Calls an operation of any service of the installation, as the gateway would for a client: asked for leave, and on record. */
export type Invoke = <Output>(
  service: string,
  operation: string,
  input: unknown,
  context: RequestContext,
) => Promise<Output>;
