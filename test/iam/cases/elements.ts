// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the spelling of policies.
/** Whether a statement reaches an action on a resource. */
export interface ElementCases {
  /** Of the IAM user guide, or of the Batch user guide. */
  readonly page: string;
  readonly proves: string;
  readonly statement: Readonly<Record<string, unknown>>;
  /** @default 2012-10-17 */
  readonly version?: string;
  readonly rows: readonly (readonly [action: string, resource: string, reached: boolean])[];
}

const actions = 'reference_policies_elements_action';
const resources = 'reference_policies_elements_resource';
const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue';

export const elementCases: readonly ElementCases[] = [
  {
    page: actions,
    proves: 'prefix and name are the same whatever their case',
    statement: { Action: 'iam:ListAccessKeys', Resource: '*' },
    rows: [
      ['iam:ListAccessKeys', '*', true],
      ['IAM:listaccesskeys', '*', true],
      ['iam:ListAccessKey', '*', false],
      ['sts:ListAccessKeys', '*', false],
    ],
  },
  {
    page: actions,
    proves: '* and ? anywhere in the name, * alone for all actions of a service',
    statement: { Action: ['s3:*', 'iam:*AccessKey*', 'ec2:Describe?mages'], Resource: '*' },
    rows: [
      ['s3:GetObject', '*', true],
      ['s3:ListBucket', '*', true],
      ['iam:CreateAccessKey', '*', true],
      ['iam:GetAccessKeyLastUsed', '*', true],
      ['iam:CreateUser', '*', false],
      ['ec2:DescribeImages', '*', true],
      ['ec2:DescribeIImages', '*', false],
      ['s3-outposts:GetObject', '*', false],
    ],
  },
  {
    page: actions,
    proves: '* is every action of every service',
    statement: { Action: '*', Resource: '*' },
    rows: [
      ['batch:SubmitJob', '*', true],
      ['anything:AtAll', 'arn:aws:x:::y', true],
    ],
  },
  {
    page: 'reference_policies_elements_notaction',
    proves: 'NotAction: all actions but these, on the resources that are named alone',
    statement: { NotAction: 'iam:*', Resource: 'arn:aws:s3:::bucket/*' },
    rows: [
      ['s3:GetObject', 'arn:aws:s3:::bucket/a', true],
      ['iam:GetUser', 'arn:aws:s3:::bucket/a', false],
      ['s3:GetObject', 'arn:aws:s3:::other/a', false],
      ['s3:ListAllMyBuckets', '*', false],
    ],
  },
  {
    page: resources,
    proves: 'case-sensitive; * and ? within a segment, over slashes',
    statement: { Action: '*', Resource: `${queue}/a*z` },
    rows: [
      ['batch:SubmitJob', `${queue}/az`, true],
      ['batch:SubmitJob', `${queue}/a/b/z`, true],
      ['batch:SubmitJob', `${queue}/A-z`, false],
      ['batch:SubmitJob', `${queue}/a:z`, false],
      ['batch:SubmitJob', `${queue}/abz1`, false],
    ],
  },
  {
    page: resources,
    proves: '? is one character',
    statement: { Action: '*', Resource: 'arn:aws:s3:::bucket?/a' },
    rows: [
      ['s3:GetObject', 'arn:aws:s3:::bucket1/a', true],
      ['s3:GetObject', 'arn:aws:s3:::bucket/a', false],
      ['s3:GetObject', 'arn:aws:s3:::bucket12/a', false],
    ],
  },
  {
    page: resources,
    proves: 'a * that ends a segment reaches past colons',
    statement: { Action: '*', Resource: ['arn:aws:logs:*:123456789012:log-group:/aws/*', 'arn:aws:sns:*:topic'] },
    rows: [
      ['logs:PutLogEvents', 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/batch/job:log-stream:a', true],
      ['logs:PutLogEvents', 'arn:aws:logs:eu-west-1:999999999999:log-group:/aws/batch/job:*', false],
      ['sns:Publish', 'arn:aws:sns:us-east-1:123456789012:topic', true],
      ['sns:Publish', 'arn:aws:sns:us-east-1:123456789012:topics', false],
    ],
  },
  {
    page: resources,
    proves: 'a star at the end covers what segments are left (practice)',
    statement: { Action: '*', Resource: 'arn:aws:batch:*' },
    rows: [
      ['batch:SubmitJob', `${queue}/a`, true],
      ['sns:Publish', 'arn:aws:sns:us-east-1:123456789012:topic', false],
      ['batch:ListJobs', '*', false],
    ],
  },
  {
    page: resources,
    proves: 'what has no resource-level permissions is asked on *, which no ARN reaches',
    statement: { Action: 'batch:*', Resource: `${queue}/*` },
    rows: [
      ['batch:DescribeJobs', '*', false],
      ['batch:SubmitJob', `${queue}/q`, true],
    ],
  },
  {
    page: 'reference_policies_elements_notresource',
    proves: 'NotResource: everything but these, of other services too',
    statement: { Action: '*', NotResource: ['arn:aws:s3:::hr', 'arn:aws:s3:::hr/*'] },
    rows: [
      ['s3:GetObject', 'arn:aws:s3:::hr/pay', false],
      ['s3:ListBucket', 'arn:aws:s3:::hr', false],
      ['s3:GetObject', 'arn:aws:s3:::open/a', true],
      ['ec2:StartInstances', 'arn:aws:ec2:us-east-1:123456789012:instance/i-1', true],
      ['ec2:DescribeInstances', '*', true],
    ],
  },
  {
    page: 'reference_policies_variables',
    proves: 'a variable in the last part of an ARN is filled in; its value is no pattern',
    statement: {
      Action: '*',
      Resource: ['arn:aws:s3:::bucket/${aws:username}/*', 'arn:aws:s3:::stars/${aws:PrincipalTag/star}'],
    },
    rows: [
      ['s3:GetObject', 'arn:aws:s3:::bucket/ada/x', true],
      ['s3:GetObject', 'arn:aws:s3:::bucket/bob/x', false],
      ['s3:GetObject', 'arn:aws:s3:::stars/*', true],
      ['s3:GetObject', 'arn:aws:s3:::stars/any', false],
    ],
  },
  {
    page: resources,
    proves: 'a star before a variable does not end a segment',
    statement: { Action: '*', Resource: 'arn:aws:s3:::x*${aws:username}' },
    rows: [
      ['s3:GetObject', 'arn:aws:s3:::xyada', true],
      ['s3:GetObject', 'arn:aws:s3:::x:ada', false],
    ],
  },
  {
    page: 'reference_policies_variables',
    proves: 'variables stand for nothing before the fifth colon',
    statement: { Action: '*', Resource: 'arn:aws:s3:${aws:username}:123456789012:x' },
    rows: [
      ['s3:GetObject', 'arn:aws:s3:ada:123456789012:x', false],
      ['s3:GetObject', 'arn:aws:s3:${aws:username}:123456789012:x', true],
    ],
  },
  {
    page: 'reference_policies_variables',
    proves: 'a resource with a variable of no value is no resource; a default stands in for it',
    statement: {
      Action: '*',
      Resource: ['arn:aws:s3:::b/${aws:PrincipalTag/none}', "arn:aws:s3:::d/${aws:PrincipalTag/none, 'company-wide'}"],
    },
    rows: [
      ['s3:GetObject', 'arn:aws:s3:::b/', false],
      ['s3:GetObject', 'arn:aws:s3:::b/${aws:PrincipalTag/none}', false],
      ['s3:GetObject', 'arn:aws:s3:::d/company-wide', true],
      ['s3:GetObject', 'arn:aws:s3:::d/ada', false],
    ],
  },
  ...(['2008-10-17', ''] as const).map(
    (version): ElementCases => ({
      page: 'reference_policies_elements_version',
      proves: 'before 2012-10-17, which a document without a version is too, ${ is text',
      version,
      statement: { Action: '*', Resource: 'arn:aws:s3:::bucket/${aws:username}' },
      rows: [
        ['s3:GetObject', 'arn:aws:s3:::bucket/ada', false],
        ['s3:GetObject', 'arn:aws:s3:::bucket/${aws:username}', true],
      ],
    }),
  ),
  {
    page: 'batch/iam-example-job-def',
    proves: 'SubmitJob with definitions of a prefix, on any queue: both must be reached',
    statement: {
      Action: ['batch:SubmitJob'],
      Resource: ['arn:aws:batch:us-east-1:123456789012:job-definition/JobDefA_*', `${queue}/*`],
    },
    rows: [
      ['batch:SubmitJob', 'arn:aws:batch:us-east-1:123456789012:job-definition/JobDefA_1', true],
      ['batch:SubmitJob', 'arn:aws:batch:us-east-1:123456789012:job-definition/JobDefA_1:3', true],
      ['batch:SubmitJob', 'arn:aws:batch:us-east-1:123456789012:job-definition/JobDefB', false],
      ['batch:SubmitJob', `${queue}/any`, true],
      ['batch:TerminateJob', `${queue}/any`, false],
    ],
  },
  {
    page: 'batch/iam-example-restrict-job-queue',
    proves: 'SubmitJob to one queue',
    statement: {
      Action: ['batch:SubmitJob'],
      Resource: ['arn:aws:batch:us-east-1:123456789012:job-definition/*', `${queue}/queue1`],
    },
    rows: [
      ['batch:SubmitJob', `${queue}/queue1`, true],
      ['batch:SubmitJob', `${queue}/queue2`, false],
      ['batch:SubmitJob', 'arn:aws:batch:us-east-1:123456789012:job-definition/a:1', true],
    ],
  },
];
