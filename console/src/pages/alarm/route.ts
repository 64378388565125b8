import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/alarms/:name', title: 'alarm.title' };
