import { formatArn, parseArn, type Scope } from '../../core/arn.ts';

export const defaultBus = 'default';

/** The ARN of a bus; what is an ARN already stays as it is. */
export function busArn(scope: Scope, nameOrArn: string = defaultBus): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : formatArn('events', scope, `event-bus/${nameOrArn}`);
}

/** The name of a bus of this account and region that is meant; undefined if it is none of theirs. */
export function busNameIn(scope: Scope, nameOrArn: string = defaultBus): string | undefined {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn;
  const place = busPlace(nameOrArn);
  return place?.account === scope.account && place.region === scope.region ? place.name : undefined;
}

/** What the ARN of a bus says; undefined for what is none. */
export function busPlace(arn: string): (Scope & { readonly name: string }) | undefined {
  const parts = parseArn(arn);
  const [kind, ...name] = parts?.resource.split('/') ?? [];
  if (parts?.service !== 'events' || kind !== 'event-bus' || name.length === 0) return undefined;
  return { account: parts.account, region: parts.region, name: name.join('/') } as Scope & { readonly name: string };
}

/** The ARN of a rule. Those of the default bus do not name it. */
export function ruleArn(scope: Scope, name: string, bus: string = defaultBus): string {
  const busName = bus.startsWith('arn:') ? bus.slice(bus.indexOf('/') + 1) : bus;
  return formatArn('events', scope, busName === defaultBus ? `rule/${name}` : `rule/${busName}/${name}`);
}

export function archiveArn(scope: Scope, name: string): string {
  return formatArn('events', scope, `archive/${name}`);
}

export function replayArn(scope: Scope, name: string): string {
  return formatArn('events', scope, `replay/${name}`);
}

interface Identified {
  readonly name: string;
  readonly id: string;
}

export function connectionArn(scope: Scope, { name, id }: Identified): string {
  return formatArn('events', scope, `connection/${name}/${id}`);
}

export function apiDestinationArn(scope: Scope, { name, id }: Identified): string {
  return formatArn('events', scope, `api-destination/${name}/${id}`);
}

/** What the ARN of an API destination says; undefined for what is none. */
export function apiDestinationPlace(arn: string): (Scope & Identified) | undefined {
  const parts = parseArn(arn);
  const [kind, name, id] = parts?.resource.split('/') ?? [];
  if (parts?.service !== 'events' || kind !== 'api-destination' || !name || !id) return undefined;
  return { account: parts.account, region: parts.region, name, id } as Scope & Identified;
}

/** The name of what is of a kind (`archive`) and of a scope; undefined for any other ARN. */
export function nameIn(scope: Scope, kind: string, arn: string): string | undefined {
  const parts = parseArn(arn);
  const isHere = parts?.service === 'events' && parts.account === scope.account && parts.region === scope.region;
  const [is, name] = parts?.resource.split('/') ?? [];
  return isHere && is === kind ? name : undefined;
}

/** Bus and name of the rule that an ARN names in a scope; undefined for any other ARN. */
export function rulePlace(scope: Scope, arn: string): { readonly bus: string; readonly name: string } | undefined {
  const parts = parseArn(arn);
  const isHere = parts?.service === 'events' && parts.account === scope.account && parts.region === scope.region;
  const [kind, ...rest] = parts?.resource.split('/') ?? [];
  const name = rest.at(-1);
  if (!isHere || kind !== 'rule' || name === undefined) return undefined;
  return { bus: rest.length === 1 ? defaultBus : rest.slice(0, -1).join('/'), name };
}
