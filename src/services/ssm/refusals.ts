import { ServiceError } from '../../core/errors.ts';
import { quotas, type Tier } from './limits.ts';

/**
 * The errors of Parameter Store, in AWS's codes and words: those that users report, or the ones that the API reference gives
 * for the code; where neither has any, ours.
 */

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** One broken rule of a member whose value must not be told. */
export function invalidHidden(member: string, constraint: string): ServiceError {
  return invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`);
}

/** AWS has no words for it. */
export function parameterMissing(name: string): ServiceError {
  return new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);
}

/** As in the picture of moto pull request 3977, of AWS itself. */
export function versionMissing(version: string, name: string): ServiceError {
  const message = `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`;
  return new ServiceError('ParameterVersionNotFound', message);
}

/** Reported in emr-demo issue 1 and many more. */
export function parameterExists(): ServiceError {
  return new ServiceError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );
}

/** Reported in aws-sdk-php issue 1952 and boto3 issue 1499. */
export function invalidName(): ServiceError {
  return invalid(
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths ' +
      'divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );
}

/** Reported in copilot-cli issue 66. */
export function invalidPath(): ServiceError {
  return invalid(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". ' +
      'It can\'t be prefixed with \\"aws\\" or \\"ssm\\" (case-insensitive). It must use only letters, numbers, or the ' +
      'following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if ' +
      'specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
}

export function reservedName(name: string): ServiceError {
  return new ServiceError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
}

/** The words of the API reference. */
export function tooDeep(): ServiceError {
  const message = `A hierarchy can have a maximum of ${quotas.levels} levels.`;
  return new ServiceError('HierarchyLevelLimitExceededException', message);
}

/** Reported in terraform-provider-aws issue 18550. */
export function tagsWithOverwrite(): ServiceError {
  return invalid(
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite " +
      'flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.',
  );
}

export function valueTooLarge(tier: Tier): ServiceError {
  const { valueBytes } = quotas.tiers[tier];
  const upgrade =
    ' To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, ' +
    'see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html';
  return invalid(
    `${tier} tier parameters support a maximum parameter value of ${valueBytes} characters.${tier === 'Standard' ? upgrade : ''}`,
  );
}

/** Reported in asset-tracker-cloud-aws-js issue 514. */
export function tooManyParameters(tier: Tier): ServiceError {
  const upgrade =
    'To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).';
  const most = `You have reached the maximum number of ${tier.toLowerCase()} parameters for this AWS account and Region (${quotas.tiers[tier].parameters}).`;
  return new ServiceError('ParameterLimitExceeded', tier === 'Standard' ? `${most} ${upgrade}` : most);
}

/** The words of the API reference. */
export function tooManyVersions(name: string, oldest: number): ServiceError {
  return new ServiceError(
    'ParameterMaxVersionLimitExceeded',
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ` +
      `${oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another ` +
      'version of the parameter, and try again.',
  );
}

/** The words of the API reference. */
export function tooManyLabels(): ServiceError {
  return new ServiceError(
    'ParameterVersionLabelLimitExceeded',
    'A parameter version can have a maximum of ten labels.',
  );
}

export function invalidToken(): ServiceError {
  return new ServiceError('InvalidNextToken', 'The specified token is not valid.');
}

/** The words of the API reference. */
export const filterErrors = {
  key: () => new ServiceError('InvalidFilterKey', "The specified key isn't valid."),
  option: () =>
    new ServiceError(
      'InvalidFilterOption',
      "The specified filter option isn't valid. Valid options are Equals and BeginsWith. For Path filter, valid options are " +
        'Recursive and OneLevel.',
    ),
  value: () => new ServiceError('InvalidFilterValue', "The filter value isn't valid. Verify the value and try again."),
};

/** The value cannot be sealed or opened; what the operator can do. */
export function keyProblem(problem: string): ServiceError {
  return new ServiceError('InvalidKeyId', `The query key ID isn't valid: ${problem}`);
}

/** For what AWS has and this version has not: never taken and ignored. */
export function unsupported(what: string): ServiceError {
  return invalid(`${what} is not supported by this version of Batchyard.`);
}
