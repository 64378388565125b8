import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/schedules/new', title: 'schedule-new.title' };
