import type { PolicyKind } from '../../../src/iam/policy/index.ts';

/** What AWS says of a document; undefined where it is sound. */
export interface DocumentCase {
  /** Of the IAM user guide, or where the words were seen. */
  readonly page: string;
  /** @default identity */
  readonly kind?: PolicyKind;
  readonly document: object | string;
  readonly says: string | undefined;
}

const grammar = 'reference_policies_grammar';
const seen = 'public issue threads';
const syntax = 'Syntax errors in policy.';
const base = { Effect: 'Allow', Action: 'batch:SubmitJob', Resource: '*' };
const one = (more: object) => ({ Version: '2012-10-17', Statement: [{ ...base, ...more }] });
const without = (name: keyof typeof base) => one({ [name]: undefined });
const trust = (more: object) => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole', ...more },
});

export const documentCases: readonly DocumentCase[] = [
  { page: grammar, document: one({}), says: undefined },
  { page: grammar, document: { Statement: base }, says: undefined },
  { page: grammar, document: { Version: '2008-10-17', Statement: [base] }, says: undefined },
  { page: grammar, document: one({ Sid: 'A1' }), says: undefined },
  { page: grammar, document: one({ Condition: {} }), says: undefined },
  {
    page: grammar,
    document: one({
      Condition: { Bool: { 'aws:SecureTransport': true }, NumericLessThan: { 's3:max-keys': [1, '2'] } },
    }),
    says: undefined,
  },
  { page: grammar, document: one({ Action: undefined, NotAction: 'iam:*' }), says: undefined },
  { page: grammar, document: one({ Resource: undefined, NotResource: 'arn:aws:s3:::a' }), says: undefined },
  { page: 'troubleshoot_policies', document: one({ Action: 'batch:NoSuchThing' }), says: undefined },
  { page: seen, document: '', says: syntax },
  { page: seen, document: '{', says: syntax },
  { page: seen, document: '[]', says: syntax },
  { page: seen, document: '{"Version":"2012-10-17","Statement":[]} x', says: syntax },
  {
    page: grammar,
    document:
      '{"Version":"2012-10-17","Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    says: syntax,
  },
  {
    page: grammar,
    document: '{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}',
    says: syntax,
  },
  { page: grammar, document: "{'Statement':{}}", says: syntax },
  { page: grammar, document: { Version: '2012-10-17' }, says: syntax },
  { page: grammar, document: { Version: '2012-10-17', Statement: [] }, says: syntax },
  { page: grammar, document: { Version: '2012-10-17', Statement: 'x' }, says: syntax },
  { page: grammar, document: { Version: '2012-10-17', Statement: [base], Extra: 1 }, says: syntax },
  { page: grammar, document: { Version: '2012-10-17', Id: 'a', Statement: [base] }, says: syntax },
  {
    page: seen,
    document: { Version: '2013-10-17', Statement: [base] },
    says: 'Policy document must be version 2012-10-17 or greater.',
  },
  { page: 'reference_policies_elements_effect', document: one({ Effect: 'allow' }), says: syntax },
  { page: 'reference_policies_elements_effect', document: without('Effect'), says: syntax },
  { page: grammar, document: one({ effect: 'Allow' }), says: syntax },
  { page: seen, document: without('Action'), says: 'Policy statement must contain actions.' },
  { page: seen, document: one({ Action: [] }), says: 'Policy statement must contain actions.' },
  { page: grammar, document: one({ NotAction: 'a:b' }), says: syntax },
  { page: grammar, document: one({ Action: { a: 1 } }), says: syntax },
  { page: grammar, document: one({ Action: 3 }), says: syntax },
  {
    page: seen,
    document: one({ Action: 'SubmitJob' }),
    says: 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  },
  { page: seen, document: one({ Action: 'batch:Submit:Job' }), says: 'Actions/Condition can contain only one colon.' },
  { page: seen, document: one({ Action: 'ba tch:SubmitJob' }), says: 'Vendor ba tch is not valid' },
  { page: seen, document: one({ Action: '*:SubmitJob' }), says: 'Vendor * is not valid' },
  { page: seen, document: without('Resource'), says: 'Policy statement must contain resources.' },
  { page: seen, document: one({ Resource: [] }), says: 'Policy statement must contain resources.' },
  { page: grammar, document: one({ NotResource: '*' }), says: syntax },
  { page: seen, document: one({ Resource: 'my-queue' }), says: 'Resource my-queue must be in ARN format or "*".' },
  {
    page: seen,
    document: one({ Resource: 'arn:moon:batch:::x' }),
    says: 'Partition "moon" is not valid for resource "arn:moon:batch:::x".',
  },
  {
    page: 'reference_policies_elements_resource',
    document: one({ Resource: 'arn:aws:b*:us-east-1:123456789012:x' }),
    says: 'Vendor b* is not valid',
  },
  {
    page: seen,
    document: one({ Resource: 'arn:aws:iam:us-east-1:123456789012:role/x' }),
    says: 'IAM resource ARN cannot contain region information.',
  },
  { page: seen, document: one({ Principal: '*' }), says: 'Policy document should not specify a principal.' },
  {
    page: 'reference_policies_elements_notprincipal',
    document: one({ NotPrincipal: '*' }),
    says: 'Policy document should not specify a principal.',
  },
  {
    page: grammar,
    kind: 'boundary',
    document: one({ Principal: '*' }),
    says: 'Policy document should not specify a principal.',
  },
  {
    page: seen,
    document: {
      Statement: [
        { ...base, Sid: 'A' },
        { ...base, Sid: 'A' },
      ],
    },
    says: 'Statement IDs (SID) in a single policy must be unique.',
  },
  {
    page: seen,
    document: one({ Sid: 'a b' }),
    says: 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
  },
  { page: seen, document: one({ Condition: { 'servicecatalog:accountLevel': 'self' } }), says: syntax },
  { page: grammar, document: one({ Condition: { StringIs: { 'aws:username': 'a' } } }), says: syntax },
  { page: grammar, document: one({ Condition: { StringEquals: { 'aws:username': null } } }), says: syntax },
  { page: grammar, document: one({ Condition: { StringEquals: { 'aws:username': [['a']] } } }), says: syntax },
  { page: grammar, document: one({ Condition: { NullIfExists: { 'aws:username': 'true' } } }), says: syntax },
  {
    page: seen,
    document: one({ Condition: { StringEquals: { username: 'a' } } }),
    says: 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  },
  {
    page: grammar,
    kind: 'resource',
    document: one({ Principal: { AWS: '123456789012' }, Sid: 'a b' }),
    says: undefined,
  },
  { page: grammar, kind: 'resource', document: { Id: 'x', ...one({ Principal: '*' }) }, says: undefined },
  { page: seen, kind: 'resource', document: one({}), says: 'Missing required field Principal' },
  { page: grammar, kind: 'resource', document: one({ Principal: 'ada' }), says: syntax },
  { page: grammar, kind: 'resource', document: one({ Principal: { Group: 'x' } }), says: syntax },
  {
    page: seen,
    kind: 'resource',
    document: one({ Principal: { AWS: 'ada' } }),
    says: 'Invalid principal in policy: "AWS":"ada"',
  },
  {
    page: 'reference_policies_elements_principal',
    kind: 'resource',
    document: one({ Principal: { AWS: 'arn:aws:iam::123456789012:user/*' } }),
    says: 'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/*"',
  },
  {
    page: 'reference_policies_elements_principal',
    kind: 'resource',
    document: one({ Principal: { AWS: 'arn:aws:iam::123456789012:group/a' } }),
    says: 'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:group/a"',
  },
  {
    page: 'reference_policies_elements_principal',
    kind: 'resource',
    document: one({ Principal: { AWS: ['arn:aws:iam::123456789012:root', 'arn:aws:iam::123456789012:role/path/a'] } }),
    says: undefined,
  },
  {
    page: 'reference_policies_elements_principal',
    kind: 'resource',
    document: one({ Principal: { AWS: 'arn:aws:sts::123456789012:assumed-role/a/session' } }),
    says: undefined,
  },
  {
    page: seen,
    kind: 'trust',
    document: trust({ Action: undefined, NotAction: 'sts:AssumeRole' }),
    says: 'AssumeRole policy may only specify STS AssumeRole actions.',
  },
  {
    page: 'reference_policies_elements_notprincipal',
    kind: 'resource',
    document: one({ NotPrincipal: { AWS: '123456789012' } }),
    says: syntax,
  },
  {
    page: 'reference_policies_elements_notprincipal',
    kind: 'resource',
    document: one({ Effect: 'Deny', NotPrincipal: { AWS: '123456789012' } }),
    says: undefined,
  },
  { page: grammar, kind: 'trust', document: trust({}), says: undefined },
  {
    page: 'id_roles_create_for-idp_oidc',
    kind: 'trust',
    document: trust({
      Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.test' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'token.test:aud': 'x' } },
    }),
    says: undefined,
  },
  {
    page: 'id_session-tags',
    kind: 'trust',
    document: trust({ Action: ['sts:AssumeRole', 'sts:TagSession'] }),
    says: undefined,
  },
  { page: seen, kind: 'trust', document: '{', says: 'This policy contains invalid Json' },
  { page: seen, kind: 'trust', document: trust({ Resource: '*' }), says: 'Has prohibited field Resource' },
  { page: seen, kind: 'trust', document: trust({ Principal: undefined }), says: 'Missing required field Principal' },
  {
    page: seen,
    kind: 'trust',
    document: trust({ Action: 'batch:SubmitJob' }),
    says: 'AssumeRole policy may only specify STS AssumeRole actions.',
  },
  {
    page: 'reference_policies_elements_notprincipal',
    kind: 'trust',
    document: trust({ Principal: undefined, NotPrincipal: '*' }),
    says: 'Has prohibited field NotPrincipal',
  },
  { page: seen, kind: 'session', document: 'no', says: 'This policy contains invalid Json' },
];
