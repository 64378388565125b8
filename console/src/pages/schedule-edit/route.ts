import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/schedules/:group/:name/edit', title: 'schedule-edit.title' };
