import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CompiledPolicy,
  compilePolicy,
  evaluatePolicies,
  type PolicyDecision,
  type PolicyKind,
  RequestKeys,
  readPolicy,
} from '../../src/iam/policy/index.ts';
import { documentCases } from './cases/documents.ts';
import { elementCases } from './cases/elements.ts';
import { conditionsCases } from './cases/logic-conditions.ts';
import { requesters } from './cases/logic-parts.ts';
import { principalsCases } from './cases/logic-principals.ts';
import { withinCases } from './cases/logic-within.ts';
import { operatorCases } from './cases/operators.ts';
import { variableCases } from './cases/variables.ts';

function compiled(document: object, kind: PolicyKind = 'identity'): CompiledPolicy {
  const reading = readPolicy(JSON.stringify(document), kind);
  assert.equal(reading.kind, 'policy', JSON.stringify(reading));
  return reading.kind === 'policy' ? compilePolicy(reading.document, kind) : assert.fail();
}

const statements = (list: readonly object[]) => ({ Version: '2012-10-17', Statement: list });
const ada = { 'aws:username': 'ada', 'aws:PrincipalTag/star': '*', 'aws:PrincipalTag/name': 'ADA' };
const conditionCases = [...operatorCases, ...variableCases];

for (const { page, proves, operator, rows } of conditionCases) {
  test(`${operator}: ${proves} (${page}, ${rows.length} cases)`, () => {
    for (const [listed, asked, holds] of rows) {
      const Condition = { [operator]: { 'aws:PrincipalTag/key': listed } };
      const policy = compiled(statements([{ Effect: 'Allow', Action: '*', Resource: '*', Condition }]));
      const keys = new RequestKeys({ ...ada, ...(asked !== undefined && { 'aws:PrincipalTag/Key': asked }) });
      const request = { requester: requesters.user, action: 'batch:ListJobs', resource: '*', keys };
      const { verdict } = evaluatePolicies(request, { identity: [policy] });
      assert.equal(verdict === 'allowed', holds, JSON.stringify({ listed, asked }));
    }
  });
}

for (const { page, proves, statement, version = '2012-10-17', rows } of elementCases) {
  test(`${proves} (${page}, ${rows.length} cases)`, () => {
    const policy = compiled({ ...(version && { Version: version }), Statement: { Effect: 'Allow', ...statement } });
    for (const [action, resource, reached] of rows) {
      const request = { requester: requesters.user, action, resource, keys: new RequestKeys(ada) };
      const { verdict } = evaluatePolicies(request, { identity: [policy] });
      assert.equal(verdict === 'allowed', reached, `${action} ${resource}`);
    }
  });
}

const logicCases = [...withinCases, ...principalsCases, ...conditionsCases];

function shown(decision: PolicyDecision): string {
  if (decision.verdict === 'allowed') return `allowed by ${decision.by}`;
  return decision.verdict === 'implicitDeny' ? `implicitDeny: ${decision.lacks}` : decision.verdict;
}

for (const { page, proves, who, keys = {}, owner, rule, decides, ...given } of logicCases) {
  test(`${proves}: ${who}, ${decides} (${page})`, () => {
    const of = (kind: 'identity' | 'boundary' | 'session' | 'organization' | 'resource') => {
      const list = given[kind] ?? [];
      return list.length > 0 ? [compiled(statements(list), kind)] : [];
    };
    const caps = (['organization', 'boundary', 'session'] as const).flatMap((kind) =>
      given[kind] ? [{ kind, policies: of(kind) }] : [],
    );
    const [resource] = of('resource');
    const topic = { action: 'sns:Publish', resource: 'arn:aws:sns:us-east-1:123456789012:topic' };
    const decision = evaluatePolicies(
      {
        requester: requesters[who],
        ...topic,
        keys: new RequestKeys(keys),
        ...(owner !== undefined && { resourceAccount: owner }),
      },
      { identity: of('identity'), caps, ...(resource && { resource }), ...(rule && { resourceRule: rule }) },
    );
    assert.equal(shown(decision), decides);
  });
}

test(`documents are refused in AWS's words (${documentCases.length} cases)`, () => {
  for (const { page, kind = 'identity', document, says } of documentCases) {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    const reading = readPolicy(text, kind);
    assert.equal(reading.kind === 'malformed' ? reading.message : undefined, says, `${page}: ${text}`);
  }
});

test('there are at least 300 cases', () => {
  const rows = [...conditionCases, ...elementCases].reduce((sum, each) => sum + each.rows.length, 0);
  const all = rows + logicCases.length + documentCases.length;
  assert.ok(all >= 300, String(all));
});
