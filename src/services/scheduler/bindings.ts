import type { CommandNames, HttpBinding } from '../../core/operation.ts';

export type SchedulerOperationName = CommandNames<typeof import('@aws-sdk/client-scheduler')>;

const [schedule, group, tags] = ['/schedules/{Name}', '/schedule-groups/{Name}', '/tags/{ResourceArn}'];
const clientToken = { clientToken: { member: 'ClientToken' } } as const;
const groupName = { groupName: { member: 'GroupName' } } as const;

/** Members of a query string that have their own names in it. */
function named(...names: readonly string[]): NonNullable<HttpBinding['query']> {
  return Object.fromEntries(names.map((member) => [member, { member }]));
}

/** How each operation is reached. A test compares them with the SDK's own. */
export const schedulerBindings: Readonly<Record<SchedulerOperationName, HttpBinding>> = {
  CreateSchedule: { method: 'POST', path: schedule },
  CreateScheduleGroup: { method: 'POST', path: group },
  DeleteSchedule: { method: 'DELETE', path: schedule, query: { ...groupName, ...clientToken } },
  DeleteScheduleGroup: { method: 'DELETE', path: group, query: clientToken },
  GetSchedule: { method: 'GET', path: schedule, query: groupName },
  GetScheduleGroup: { method: 'GET', path: group },
  ListScheduleGroups: {
    ...{ method: 'GET', path: '/schedule-groups' },
    query: named('NamePrefix', 'NextToken', 'MaxResults'),
  },
  ListSchedules: {
    ...{ method: 'GET', path: '/schedules' },
    query: { ScheduleGroup: { member: 'GroupName' }, ...named('NamePrefix', 'State', 'NextToken', 'MaxResults') },
  },
  ListTagsForResource: { method: 'GET', path: tags },
  TagResource: { method: 'POST', path: tags },
  UntagResource: { method: 'DELETE', path: tags, query: { TagKeys: { member: 'TagKeys', list: true } } },
  UpdateSchedule: { method: 'PUT', path: schedule },
};
