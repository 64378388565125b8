// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the spelling of policies.
import type { OperatorCases } from './operators.ts';

const operators = 'reference_policies_elements_condition_operators';
const variables = 'reference_policies_variables';

export const variableCases: readonly OperatorCases[] = [
  {
    page: variables,
    proves: 'what a variable stands for is compared as the operator compares: without case too',
    operator: 'StringEqualsIgnoreCase',
    rows: [
      ['${aws:PrincipalTag/name}', 'ada', true],
      ['${aws:PrincipalTag/NAME}', 'AdA', true],
      ['${aws:PrincipalTag/name}', 'bob', false],
    ],
  },
  {
    page: variables,
    proves: 'variables in values: the key of the request, case ignored in its name; of no value nothing fits',
    operator: 'StringLike',
    rows: [
      ['home/${aws:username}/*', 'home/ada/x', true],
      ['home/${AWS:UserName}/*', 'home/ada/x', true],
      ['home/${aws:username}/*', 'home/bob/x', false],
      ['${aws:PrincipalTag/none}', '', false],
      ["${aws:PrincipalTag/none, 'guest'}", 'guest', true],
      ["${aws:username, 'guest'}", 'guest', false],
      ["${aws:username, 'guest'}", 'ada', true],
      ['${*}', '*', true],
      ['${*}', 'a', false],
      ['${?}', '?', true],
      ['${?}', 'a', false],
      ['${$}', '$', true],
      ['a${*}*', 'a*b', true],
    ],
  },
  {
    page: variables,
    proves: 'negated operators fit what a variable without a value stands for',
    operator: 'StringNotEquals',
    rows: [
      ['${aws:PrincipalTag/none}', 'a', true],
      ['${aws:username}', 'ada', false],
      ['${aws:username}', 'bob', true],
    ],
  },
  {
    page: variables,
    proves: 'variables in ARN operators',
    operator: 'ArnLike',
    rows: [
      ['arn:aws:iam::*:user/${aws:username}', 'arn:aws:iam::123456789012:user/ada', true],
      ['arn:aws:iam::*:user/${aws:username}', 'arn:aws:iam::123456789012:user/bob', false],
    ],
  },
  {
    page: operators,
    proves: 'no variables in numbers and addresses',
    operator: 'NumericEquals',
    rows: [['${aws:username}', '1', false]],
  },
];
