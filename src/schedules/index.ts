export { type CronPattern, cronAfter, cronUntil, translateCron } from './cron.ts';
export { isTimeZone } from './time-zone.ts';
export { latestSlot, parseTiming, slotFrom, type Timing } from './timing.ts';
