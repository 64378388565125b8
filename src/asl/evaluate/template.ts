import type { Template } from '../definition/machine.ts';
import { evaluateIntrinsic } from '../intrinsics/evaluate.ts';
import { type Json, setMember } from '../json/json.ts';
import { evaluateExpression } from '../jsonata/evaluate.ts';
import { payloadPath } from './path.ts';
import type { Scope } from './scope.ts';

/** The value of a payload in a scope. Throws `StateError`. */
export async function evaluateTemplate(template: Template, scope: Scope): Promise<Json> {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'path':
      return payloadPath(template.path, template.field, scope);
    case 'intrinsic':
      return evaluateIntrinsic(template.node, (path) => payloadPath(path, template.field, scope), scope.random);
    case 'jsonata':
      return evaluateExpression(template.expression, template.field, scope);
    case 'array':
      return evaluateItems(template.items, scope);
    case 'object':
      return evaluateMembers(template.members, scope);
  }
}

async function evaluateItems(items: readonly Template[], scope: Scope): Promise<Json> {
  const values: Json[] = [];
  for (const item of items) values.push(await evaluateTemplate(item, scope));
  return values;
}

async function evaluateMembers(members: readonly (readonly [string, Template])[], scope: Scope): Promise<Json> {
  const object: Record<string, Json> = {};
  for (const [name, member] of members) setMember(object, name, await evaluateTemplate(member, scope));
  return object;
}
