import type { DescribeParametersCommandOutput, GetParameterHistoryCommandOutput } from '@aws-sdk/client-ssm';
import type { Call } from '../api/protocol.ts';
import { useCall, type Wire } from './use-call.ts';

export function ssmCall(operation: string, input: object): Call {
  return { service: 'ssm', operation, input };
}

/** A page of those whose names begin with `path`: what they are, not what they hold. */
export function useParameters(path: string, NextToken: string | undefined) {
  const input = {
    MaxResults: 50,
    ...(path !== '' && { ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: [path] }] }),
    ...(NextToken !== undefined && { NextToken }),
  };
  return useCall<Wire<DescribeParametersCommandOutput>>(ssmCall('DescribeParameters', input));
}

/** Its versions; values of SecureString as they are kept, sealed. */
export function useParameterHistory(Name: string) {
  const input = { Name, WithDecryption: false, MaxResults: 50 };
  return useCall<Wire<GetParameterHistoryCommandOutput>>(ssmCall('GetParameterHistory', input));
}
