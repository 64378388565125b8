import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/alarms/new', title: 'alarm-new.title' };
