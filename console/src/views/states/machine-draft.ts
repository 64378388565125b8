import type { DescribeStateMachineCommandOutput, LoggingConfiguration } from '@aws-sdk/client-sfn';
import type { Wire } from '../../data/wire.ts';

export const logLevels = ['OFF', 'ERROR', 'FATAL', 'ALL'] as const;

export type LogLevel = (typeof logLevels)[number];

type Machine = Wire<Pick<DescribeStateMachineCommandOutput, 'definition' | 'roleArn' | 'loggingConfiguration'>>;

/** A machine while it is written. */
export interface MachineDraft {
  readonly definition: string;
  readonly roleArn: string;
  readonly logLevel: LogLevel;
  readonly logGroupArn: string;
  readonly logsData: boolean;
}

export const newMachine: MachineDraft = {
  definition: JSON.stringify(
    {
      StartAt: 'Run the job',
      States: {
        'Run the job': {
          Type: 'Task',
          Resource: 'arn:aws:states:::batch:submitJob.sync',
          Parameters: { JobName: 'nightly', JobQueue: 'default', JobDefinition: 'hello' },
          End: true,
        },
      },
    },
    undefined,
    2,
  ),
  roleArn: '',
  logLevel: 'OFF',
  logGroupArn: '',
  logsData: false,
};

/** A machine as it is, to be changed. */
export function draftOf({ definition = '', roleArn = '', loggingConfiguration }: Machine): MachineDraft {
  const { level, destinations, includeExecutionData } = loggingConfiguration ?? {};
  return {
    definition,
    roleArn,
    logLevel: level ?? 'OFF',
    logGroupArn: destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn ?? '',
    logsData: includeExecutionData ?? false,
  };
}

/** The members of the operations that create and update a machine. */
export function machineMembers({ definition, roleArn, logLevel, logGroupArn, logsData }: MachineDraft): {
  readonly definition: string;
  readonly roleArn: string;
  readonly loggingConfiguration?: LoggingConfiguration;
} {
  if (logLevel === 'OFF') return { definition, roleArn };
  const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn } }];
  return {
    definition,
    roleArn,
    loggingConfiguration: { level: logLevel, includeExecutionData: logsData, destinations },
  };
}

/** Those that differ from what the machine has: what an update needs to say. Logging that is turned off is said to be. */
export function changedMembers(before: MachineDraft, draft: MachineDraft): Partial<ReturnType<typeof machineMembers>> {
  const { definition, roleArn, loggingConfiguration = { level: 'OFF' } } = machineMembers(draft);
  const logs = ({ logLevel, logGroupArn, logsData }: MachineDraft) => JSON.stringify([logLevel, logGroupArn, logsData]);
  return {
    ...(definition !== before.definition && { definition }),
    ...(roleArn !== before.roleArn && { roleArn }),
    ...(logs(draft) !== logs(before) && { loggingConfiguration }),
  };
}
