import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { matchesWildcard } from '../../core/wildcard.ts';
import type { ActionTable, ServiceActions } from './table-format.ts';

/** What is known of an action that AWS has. */
export interface ActionFacts {
  /** As AWS spells it. */
  readonly action: string;
  /** ARNs of the resources that it takes, with `${Region}` and its like; of those that it must have first. None: it is asked on `*`. */
  readonly arns: readonly string[];
  /** The keys that its requests may have beside the global ones, with `${TagKey}`. */
  readonly keys: readonly string[];
}

/** An action in the table; `unknown` of a service that is there; undefined where nothing is known of the service. */
export type ActionLookup =
  | { readonly kind: 'known'; readonly facts: ActionFacts }
  | { readonly kind: 'unknown'; readonly service: string; readonly actions: readonly string[] };

let table: ActionTable | undefined;

function services(): ActionTable['services'] {
  // A test reads it whole.
  table ??= JSON.parse(
    brotliDecompressSync(readFileSync(new URL('action-table.bin', import.meta.url))).toString(),
  ) as ActionTable;
  return table.services;
}

/** Looks an action up, whatever its case. The table is read when it is first asked. */
export function findAction(action: string): ActionLookup | undefined {
  const [prefix = '', name = ''] = action.split(':', 2);
  const service = prefix.toLowerCase();
  const known = Object.hasOwn(services(), service) ? services()[service] : undefined;
  if (!known) return undefined;
  const names = Object.keys(known.actions);
  const spelled = names.find((each) => each.toLowerCase() === name.toLowerCase());
  if (spelled === undefined) return { kind: 'unknown', service, actions: names };
  return { kind: 'known', facts: factsOf(known, service, spelled) };
}

function factsOf({ actions, types }: ServiceActions, service: string, name: string): ActionFacts {
  const [own, taken] = actions[name] ?? [[], []];
  const inOrder = taken.toSorted((one, other) => other[1] - one[1]);
  const keys = inOrder.flatMap(([type, , more]) => [...more, ...(types[type]?.[1] ?? [])]);
  return {
    action: `${service}:${name}`,
    arns: inOrder.flatMap(([type]) => types[type]?.[0] ?? []),
    keys: [...new Set([...own, ...keys])],
  };
}

/** Whether an ARN, or a pattern of ARNs, may be one of those that look like `template`. */
export function looksLike(arn: string, template: string): boolean {
  return matchesWildcard(template.split(/\$\{[^}]*\}/), arn);
}
