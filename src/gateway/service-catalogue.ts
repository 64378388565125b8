import type { LateOperation, Operation, ServiceDefinition, UnbuiltOperation } from '../core/operation.ts';
import { formParameter } from './form.ts';
import type { RawInput } from './json.ts';
import { RestRoutes } from './rest-routes.ts';

// biome-ignore lint/suspicious/noExplicitAny: inputs and outputs differ by operation; its own schema checks them.
type AnyOperation = Operation<any, any>;

/** One operation of a service, ready to be called. */
export interface CatalogueEntry {
  readonly service: CatalogueService;
  readonly name: string;
  readonly operation: AnyOperation | UnbuiltOperation | LateOperation;
  /** Largest body, in bytes. */
  readonly maxBody: number;
}

/** One operation that there is. */
export type BuiltEntry = CatalogueEntry & { readonly operation: AnyOperation };

export function isBuilt(entry: CatalogueEntry): entry is BuiltEntry {
  return entry.operation.kind === 'operation';
}

/** A service, indexed for dispatch. */
export interface CatalogueService {
  readonly definition: ServiceDefinition;
  readonly entries: ReadonlyMap<string, CatalogueEntry>;
  /** Only in restJson1. */
  readonly routes?: RestRoutes;
  /** Of all its operations the largest body, in bytes. */
  readonly maxBody: number;
  /** The same service in each further protocol that it speaks. */
  readonly others: readonly CatalogueService[];
}

/** What any operation takes: more than AWS allows of most inputs, so that its own words refuse those. */
export const ordinaryBody = 1024 * 1024;

/** Which operation a request means. */
export type Identified =
  | { readonly kind: 'operation'; readonly entry: CatalogueEntry; readonly labels: RawInput }
  /** The service is plain, what it should do is not. */
  | { readonly kind: 'unknown-operation'; readonly service: CatalogueService; readonly named?: string }
  | { readonly kind: 'wrong-method'; readonly service: CatalogueService; readonly allow: readonly string[] }
  /** The request is signed for a service that is not served here. */
  | { readonly kind: 'unserved'; readonly signingName: string }
  /** Nothing in the request says which service is meant. */
  | { readonly kind: 'unknown' };

/** What identification looks at. `form` is read only for services of the query protocol. */
export interface Addressed {
  readonly method: string;
  readonly path: string;
  readonly target: string | undefined;
  readonly form: () => string;
}

/** All services, by signing name. Throws if two have the same. */
export class ServiceCatalogue {
  readonly services: ReadonlyMap<string, CatalogueService>;

  constructor(definitions: readonly ServiceDefinition[]) {
    const services = new Map<string, CatalogueService>();
    for (const definition of definitions) {
      if (services.has(definition.name)) throw new Error(`two services are named ${definition.name}`);
      services.set(definition.name, compileService(definition));
    }
    this.services = services;
  }

  /** The operation that `addressed` means, of the service that it is signed for or, unsigned, that it looks meant for. */
  identify(addressed: Addressed, signingName: string | undefined): Identified {
    if (signingName === undefined) return this.#guess(addressed);
    const service = this.services.get(signingName);
    return service ? identifyIn(service, addressed) : { kind: 'unserved', signingName };
  }

  /** By path, then by `X-Amz-Target`, then by the `Version` of the query protocol. */
  #guess(addressed: Addressed): Identified {
    for (const service of this.services.values()) {
      if (service.routes?.find(addressed.method, addressed.path)) return identifyIn(service, addressed);
    }
    const version = addressed.target === undefined ? formParameter(addressed.form(), 'Version') : undefined;
    for (const service of this.services.values()) {
      const isMeant = [service, ...service.others].some(({ definition: { protocol, apiVersion } }) => {
        const targeted = targetOf(protocol, addressed) !== undefined;
        return targeted || (isQuery(protocol) && apiVersion === version);
      });
      if (isMeant) return identifyIn(service, addressed);
    }
    return { kind: 'unknown' };
  }
}

/** Whether requests are forms, which name their operation in `Action`. */
export function isQuery({ kind }: ServiceDefinition['protocol']): boolean {
  return kind === 'awsQuery' || kind === 'ec2Query';
}

function compileService(definition: ServiceDefinition): CatalogueService {
  const entries = new Map<string, CatalogueEntry>();
  const { otherProtocols: others = [], ...plain } = definition;
  const { protocol } = definition;
  const service: CatalogueService = {
    definition,
    entries,
    maxBody: Math.max(...Object.values(definition.operations).map(maxBodyOf)),
    others: others.map((other) => compileService({ ...plain, protocol: other })),
    ...(protocol.kind === 'restJson1' ? { routes: new RestRoutes(protocol.bindings) } : {}),
  };
  for (const [name, operation] of Object.entries(definition.operations))
    entries.set(name, { service, name, operation, maxBody: maxBodyOf(operation) });
  return service;
}

function maxBodyOf(operation: CatalogueEntry['operation']): number {
  return operation.kind === 'operation' ? (operation.maxBody ?? ordinaryBody) : ordinaryBody;
}

/** The service in the protocol that a request speaks, as far as that can be told: by its path, of JSON by its target, else a form. */
export function spokenBy(
  service: CatalogueService,
  { path, target }: Pick<Addressed, 'path' | 'target'>,
): CatalogueService {
  if (service.others.length === 0) return service;
  const isSpoken = ({ definition: { protocol } }: CatalogueService) => {
    if (isCborPath(path)) return protocol.kind === 'rpcv2Cbor';
    return target === undefined ? isQuery(protocol) : 'targetPrefix' in protocol;
  };
  return [service, ...service.others].find(isSpoken) ?? service;
}

function identifyIn(meant: CatalogueService, addressed: Addressed): Identified {
  const service = spokenBy(meant, addressed);
  if (service.routes) return identifyByPath(service, service.routes, addressed);
  const { protocol } = service.definition;
  const named = isQuery(protocol) ? formParameter(addressed.form(), 'Action') : targetOf(protocol, addressed);
  if (named === undefined) return { kind: 'unknown-operation', service };
  const entry = service.entries.get(named);
  return entry ? { kind: 'operation', entry, labels: {} } : { kind: 'unknown-operation', service, named };
}

function identifyByPath(service: CatalogueService, routes: RestRoutes, addressed: Addressed): Identified {
  const match = routes.find(addressed.method, addressed.path);
  if (!match) return { kind: 'unknown-operation', service };
  if (match.kind === 'wrong-method') return { kind: 'wrong-method', service, allow: match.allow };
  const entry = service.entries.get(match.operation);
  return entry ? { kind: 'operation', entry, labels: match.labels } : { kind: 'unknown-operation', service };
}

const cborPath = /^\/service\/([\w.]{1,128})\/operation\/(\w{1,128})$/;

/** Whether a request to this path speaks CBOR. */
export function isCborPath(path: string): boolean {
  return cborPath.test(path);
}

/** The operation in `Logs_20140328.PutLogEvents`, or in a path of CBOR; undefined if the target is another service's. */
function targetOf(protocol: ServiceDefinition['protocol'], { path, target }: Addressed): string | undefined {
  if (protocol.kind === 'rpcv2Cbor') {
    const [, service, operation] = cborPath.exec(path) ?? [];
    // Names may stand behind a namespace.
    return service?.split('.').at(-1) === protocol.serviceName ? operation : undefined;
  }
  if (target === undefined || !('targetPrefix' in protocol)) return undefined;
  const prefixes = [protocol.targetPrefix, protocol.otherPrefix ?? protocol.targetPrefix];
  const prefix = prefixes.find((each) => target.startsWith(`${each}.`));
  return prefix === undefined ? undefined : target.slice(prefix.length + 1);
}
