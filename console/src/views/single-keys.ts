const stored = 'batchyard.shortcuts';

/** Whether single letters do anything: who speaks to the browser, or types with a switch, wants them off (WCAG 2.1.4). */
export function hasSingleKeys(): boolean {
  return localStorage.getItem(stored) !== 'off';
}

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(stored, on ? 'on' : 'off');
}
