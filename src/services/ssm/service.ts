import type { CommandNames, ServiceDefinition } from '../../core/operation.ts';
import { deleteParameter, deleteParameters } from './operations/delete-parameter.ts';
import { describeParameters } from './operations/describe-parameters.ts';
import { getParameter, getParameters } from './operations/get-parameter.ts';
import { getParameterHistory } from './operations/get-parameter-history.ts';
import { getParametersByPath } from './operations/get-parameters-by-path.ts';
import { labelParameterVersion, unlabelParameterVersion } from './operations/labels.ts';
import { putParameter } from './operations/put-parameter.ts';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './operations/tags.ts';
import type { SsmOptions } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';

export type SsmOperationName = CommandNames<typeof import('@aws-sdk/client-ssm')>;

/** AWS Systems Manager, of which there is Parameter Store: values are sealed by the vault, whatever their type. */
export function createSsm(runtime: SsmOptions): ServiceDefinition<SsmOperationName> {
  return {
    name: 'ssm',
    apiVersion: '2014-11-06',
    protocol: { kind: 'awsJson1.1', targetPrefix: 'AmazonSSM' },
    errors: { validation: 'ValidationException', internal: 'InternalServerError' },
    operations: {
      ...unbuiltOperations,
      AddTagsToResource: addTagsToResource(runtime),
      DeleteParameter: deleteParameter(runtime),
      DeleteParameters: deleteParameters(runtime),
      DescribeParameters: describeParameters(runtime),
      GetParameter: getParameter(runtime),
      GetParameterHistory: getParameterHistory(runtime),
      GetParameters: getParameters(runtime),
      GetParametersByPath: getParametersByPath(runtime),
      LabelParameterVersion: labelParameterVersion(runtime),
      ListTagsForResource: listTagsForResource(runtime),
      PutParameter: putParameter(runtime),
      RemoveTagsFromResource: removeTagsFromResource(runtime),
      UnlabelParameterVersion: unlabelParameterVersion(runtime),
    },
  };
}
