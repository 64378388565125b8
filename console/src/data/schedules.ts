import type {
  GetScheduleCommandOutput,
  ListScheduleGroupsCommandOutput,
  ListSchedulesCommandOutput,
  ScheduleGroupSummary,
  ScheduleSummary,
} from '@aws-sdk/client-scheduler';
import { useCall, type Wire } from './use-call.ts';

export type ScheduleRow = Wire<ScheduleSummary>;
export type ScheduleGroup = Wire<ScheduleGroupSummary>;
export type Schedule = Wire<GetScheduleCommandOutput>;

export const defaultGroup = 'default';

/** A page of the schedules of a group, of all groups where it is ''. */
export function useSchedules(group: string, prefix: string, nextToken: string | undefined) {
  const input = {
    ...(group !== '' && { GroupName: group }),
    ...(prefix !== '' && { NamePrefix: prefix }),
    ...(nextToken !== undefined && { NextToken: nextToken }),
    MaxResults: 50,
  };
  return useCall<Wire<ListSchedulesCommandOutput>>({ service: 'scheduler', operation: 'ListSchedules', input });
}

export function useScheduleGroups() {
  const call = { service: 'scheduler', operation: 'ListScheduleGroups', input: { MaxResults: 100 } } as const;
  return useCall<Wire<ListScheduleGroupsCommandOutput>>(call);
}

export function useSchedule(group: string, name: string) {
  const input = { GroupName: group, Name: name };
  return useCall<Schedule>({ service: 'scheduler', operation: 'GetSchedule', input });
}

/** What an update takes of what a schedule is: all but what the server says of it. */
export function changeable(schedule: Schedule): object {
  const { Arn: _arn, CreationDate: _created, LastModificationDate: _changed, ...rest } = schedule;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => name !== '$metadata'));
}
