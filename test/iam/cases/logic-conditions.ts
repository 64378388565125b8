import { allow, deny, type LogicCase } from './logic-parts.ts';

const operators = 'reference_policies_elements_condition_operators';

export const conditionsCases: readonly LogicCase[] = [
  {
    page: 'reference_policies_condition-logic-multiple-context-keys-or-values',
    proves: 'all operators and all keys must hold',
    who: 'user',
    keys: { 'aws:PrincipalTag/a': '1', 'aws:PrincipalTag/b': '2' },
    identity: [
      {
        ...allow,
        Condition: {
          StringEquals: { 'aws:PrincipalTag/a': '1', 'aws:PrincipalTag/b': '2' },
          Bool: { 'aws:SecureTransport': 'true' },
        },
      },
    ],
    decides: 'implicitDeny: identity',
  },
  {
    page: 'reference_policies_condition-logic-multiple-context-keys-or-values',
    proves: 'all operators and all keys hold',
    who: 'user',
    keys: { 'aws:PrincipalTag/a': '1', 'aws:PrincipalTag/b': '2', 'aws:SecureTransport': 'true' },
    identity: [
      {
        ...allow,
        Condition: {
          StringEquals: { 'aws:PrincipalTag/a': '1', 'aws:PrincipalTag/b': '2' },
          Bool: { 'aws:SecureTransport': 'true' },
        },
      },
    ],
    decides: 'allowed by identity',
  },
  {
    page: 'reference_policies_elements_condition',
    proves: 'names of keys are the same whatever their case, tags too',
    who: 'user',
    keys: { 'AWS:resourcetag/TEAM': 'Blue' },
    identity: [{ ...allow, Condition: { StringEquals: { 'aws:ResourceTag/Team': 'Blue' } } }],
    decides: 'allowed by identity',
  },
  {
    page: 'reference_policies_elements_condition',
    proves: 'values are not',
    who: 'user',
    keys: { 'aws:ResourceTag/team': 'blue' },
    identity: [{ ...allow, Condition: { StringEquals: { 'aws:ResourceTag/team': 'Blue' } } }],
    decides: 'implicitDeny: identity',
  },
  {
    page: operators,
    proves: 'a Deny with a negated IfExists hits where the key is absent',
    who: 'user',
    identity: [allow, { ...deny, Condition: { StringNotEqualsIfExists: { 'aws:PrincipalTag/a': '1' } } }],
    decides: 'explicitDeny',
  },
  {
    page: 'reference_policies_multi-value-conditions',
    proves: 'requests without MFA are denied, those with long-term keys too',
    who: 'user',
    identity: [allow, { ...deny, Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } }],
    decides: 'explicitDeny',
  },
  {
    page: 'reference_policies_multi-value-conditions',
    proves: 'requests with MFA are not',
    who: 'user',
    keys: { 'aws:MultiFactorAuthPresent': 'true' },
    identity: [allow, { ...deny, Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } }],
    decides: 'allowed by identity',
  },
  {
    page: operators,
    proves: 'of what cannot be compared a negated Deny bites (practice)',
    who: 'user',
    keys: { 'aws:EpochTime': 'soon' },
    identity: [allow, { ...deny, Condition: { NumericNotEquals: { 'aws:EpochTime': '5' } } }],
    decides: 'explicitDeny',
  },
  {
    page: operators,
    proves: 'and a negated Allow does not (practice)',
    who: 'user',
    keys: { 'aws:EpochTime': 'soon' },
    identity: [{ ...allow, Condition: { NumericNotEquals: { 'aws:EpochTime': '5' } } }],
    decides: 'implicitDeny: identity',
  },
  {
    page: 'reference_policies_condition-single-vs-multi-valued-context-keys',
    proves: 'several values without a set operator fit nothing (practice)',
    who: 'user',
    keys: { 'aws:TagKeys': ['a', 'b'] },
    identity: [{ ...allow, Condition: { StringEquals: { 'aws:TagKeys': ['a', 'b'] } } }],
    decides: 'implicitDeny: identity',
  },
  {
    page: 'reference_policies_condition-single-vs-multi-valued-context-keys',
    proves: 'ForAllValues with Null refuses a request without tags',
    who: 'user',
    identity: [
      {
        ...allow,
        Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] }, Null: { 'aws:TagKeys': 'false' } },
      },
    ],
    decides: 'implicitDeny: identity',
  },
  {
    page: 'reference_policies_examples_aws-dates',
    proves: 'between two dates',
    who: 'user',
    keys: { 'aws:CurrentTime': '2020-05-01T00:00:00Z' },
    identity: [
      {
        ...allow,
        Condition: {
          DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' },
          DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' },
        },
      },
    ],
    decides: 'allowed by identity',
  },
  {
    page: 'reference_policies_examples_aws-dates',
    proves: 'after both dates',
    who: 'user',
    keys: { 'aws:CurrentTime': '2020-07-01T00:00:00Z' },
    identity: [
      {
        ...allow,
        Condition: {
          DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' },
          DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' },
        },
      },
    ],
    decides: 'implicitDeny: identity',
  },
  {
    page: 'reference_policies_examples_aws_deny-ip',
    proves: 'who comes from elsewhere is denied',
    who: 'user',
    keys: { 'aws:SourceIp': '198.51.100.1', 'aws:ViaAWSService': 'false' },
    identity: [
      allow,
      {
        ...deny,
        Condition: {
          NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] },
          Bool: { 'aws:ViaAWSService': 'false' },
        },
      },
    ],
    decides: 'explicitDeny',
  },
  {
    page: 'reference_policies_examples_aws_deny-ip',
    proves: 'who comes from there is not',
    who: 'user',
    keys: { 'aws:SourceIp': '203.0.113.9', 'aws:ViaAWSService': 'false' },
    identity: [
      allow,
      {
        ...deny,
        Condition: {
          NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] },
          Bool: { 'aws:ViaAWSService': 'false' },
        },
      },
    ],
    decides: 'allowed by identity',
  },
  {
    page: 'reference_policies_examples_aws_deny-ip',
    proves: 'nor is what a service does for somebody',
    who: 'user',
    keys: { 'aws:ViaAWSService': 'true' },
    identity: [
      allow,
      {
        ...deny,
        Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] }, Bool: { 'aws:ViaAWSService': 'false' } },
      },
    ],
    decides: 'allowed by identity',
  },
  {
    page: 'reference_policies_elements_notaction',
    proves: 'a Deny of all but some',
    who: 'user',
    identity: [allow, { Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }],
    decides: 'explicitDeny',
  },
];
