/** What a form of a schedule holds, as it was typed. */
export interface TypedSchedule {
  readonly name: string;
  readonly group: string;
  readonly expression: string;
  readonly zone: string;
  /** Minutes; '' for none. */
  readonly window: string;
  readonly target: string;
  readonly role: string;
  readonly payload: string;
}

/** The input of CreateSchedule or UpdateSchedule: what was typed, over what the schedule `before` had. */
export function scheduleInput(typed: TypedSchedule, before: { readonly Target?: object }): object {
  const { Input: _input, ...target } = (before.Target ?? {}) as { readonly Input?: string };
  const { window } = typed;
  const minutes = /^\d+$/.test(window) ? Number(window) : window;
  return {
    ...before,
    Name: typed.name,
    GroupName: typed.group,
    ScheduleExpression: typed.expression,
    ScheduleExpressionTimezone: typed.zone,
    FlexibleTimeWindow: window === '' ? { Mode: 'OFF' } : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: minutes },
    Target: {
      ...target,
      Arn: typed.target,
      RoleArn: typed.role,
      ...(typed.payload !== '' && { Input: typed.payload }),
    },
  };
}
