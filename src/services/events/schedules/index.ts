export { parseSchedule } from './schedule.ts';
export { Schedules } from './schedules.ts';
