import type {
  DeleteAlarmsCommandInput,
  DeleteAlarmsCommandOutput,
  DisableAlarmActionsCommandInput,
  DisableAlarmActionsCommandOutput,
  EnableAlarmActionsCommandInput,
  EnableAlarmActionsCommandOutput,
  SetAlarmStateCommandInput,
  SetAlarmStateCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { alarmAccess, alarmsAccess } from '../access.ts';
import { shownAlarm } from '../alarms/shown-alarm.ts';
import { cloudWatchOperation } from '../operation.ts';
import { metricAlarmRecords } from '../records.ts';
import type { CloudWatchRuntime } from '../runtime.ts';
import { alarmName, list, stateValue } from '../shapes.ts';

const namesSchema = z.object({ AlarmNames: list(alarmName, 100) });

/** Deletes all of them or, if one is not there, none. */
export const deleteAlarms = cloudWatchOperation<DeleteAlarmsCommandInput, DeleteAlarmsCommandOutput>()({
  schema: namesSchema,
  readOnly: false,
  audit: 'management',
  access: ({ AlarmNames }, context) => alarmsAccess('DeleteAlarms', context, AlarmNames),
  handler: ({ ledger, alarms }, { AlarmNames }, context) => {
    const found = [...new Set(AlarmNames)].map((name) => {
      const alarm = ledger.get(metricAlarmRecords, context, name);
      if (alarm) return alarm;
      throw new ServiceError('ResourceNotFound', `The alarm ${name} does not exist.`, { status: 404 });
    });
    ledger.transact((transaction) => {
      for (const alarm of found) {
        transaction.delete(metricAlarmRecords, alarm, alarm.name);
        alarms.changes.note(transaction, alarm, {
          type: 'ConfigurationUpdate',
          summary: `Alarm "${alarm.name}" deleted`,
          data: JSON.stringify({ version: '1.0', type: 'Delete', deletedAlarm: shownAlarm(alarm) }),
        });
      }
    });
    return {};
  },
});

/** Names of alarms that are not there are passed over, as AWS does. */
function setEnabled(
  runtime: CloudWatchRuntime,
  names: readonly string[],
  context: RequestContext,
  isEnabled: boolean,
): void {
  const { ledger, clock } = runtime;
  const found = names.flatMap((name) => ledger.get(metricAlarmRecords, context, name) ?? []);
  const changed = found.filter(({ actionsEnabled }) => actionsEnabled !== isEnabled);
  if (changed.length === 0) return;
  ledger.transact((transaction) => {
    for (const alarm of changed) {
      transaction.put(metricAlarmRecords, { ...alarm, actionsEnabled: isEnabled, configuredAt: clock.now() });
    }
  });
}

export const enableAlarmActions = cloudWatchOperation<
  EnableAlarmActionsCommandInput,
  EnableAlarmActionsCommandOutput
>()({
  schema: namesSchema,
  readOnly: false,
  audit: 'management',
  access: ({ AlarmNames }, context) => alarmsAccess('EnableAlarmActions', context, AlarmNames),
  handler: (runtime, { AlarmNames }, context) => {
    setEnabled(runtime, AlarmNames, context, true);
    return {};
  },
});

export const disableAlarmActions = cloudWatchOperation<
  DisableAlarmActionsCommandInput,
  DisableAlarmActionsCommandOutput
>()({
  schema: namesSchema,
  readOnly: false,
  audit: 'management',
  access: ({ AlarmNames }, context) => alarmsAccess('DisableAlarmActions', context, AlarmNames),
  handler: (runtime, { AlarmNames }, context) => {
    setEnabled(runtime, AlarmNames, context, false);
    return {};
  },
});

/** Until the alarm is next looked at: for trying what its actions do. */
export const setAlarmState = cloudWatchOperation<SetAlarmStateCommandInput, SetAlarmStateCommandOutput>()({
  schema: z.object({
    AlarmName: alarmName,
    StateValue: stateValue,
    StateReason: z.string().max(1023),
    StateReasonData: z.string().max(4000).optional(),
  }),
  readOnly: false,
  audit: 'management',
  access: ({ AlarmName }, context) => alarmAccess('SetAlarmState', context, AlarmName),
  handler: (
    { ledger, alarms },
    { AlarmName, StateValue: state, StateReason: reason, StateReasonData: data },
    context,
  ) => {
    const alarm = ledger.get(metricAlarmRecords, context, AlarmName);
    if (!alarm) throw new ServiceError('ResourceNotFound', `Alarm "${AlarmName}" does not exist.`, { status: 404 });
    if (data !== undefined) checkJson(data);
    alarms.changes.set(alarm, { state, reason, ...(data === undefined ? {} : { data }) });
    return {};
  },
});

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new ServiceError('InvalidFormatFault', 'StateReasonData is not valid JSON.');
  }
}
