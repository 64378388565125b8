import type { DescribeInstallationOutput } from '../../../src/services/batch/batchyard/describe-installation.ts';
import { useCall } from './use-call.ts';

/** The server and what it runs on. */
export function useInstallation() {
  return useCall<DescribeInstallationOutput>({ service: 'batchyard', operation: 'DescribeInstallation', input: {} });
}
