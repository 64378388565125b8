const rows = 'main table tbody tr';
const focusable = 'a[href], button:not([disabled]), input';

/** Moves the focus to the first link or control of the next row of a table, or of the one before. */
export function focusRow(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(rows)].filter((row) => targetOf(row));
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? all[0] : all[at + step];
  const target = next && targetOf(next);
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}

/** Links first: Enter then opens the row. */
function targetOf(row: HTMLElement): HTMLElement | null {
  return row.querySelector<HTMLElement>('a[href]') ?? row.querySelector<HTMLElement>(focusable);
}

/** Selects the row that has the focus, or takes it out again. */
export function selectRow(): void {
  document.activeElement?.closest('tr')?.querySelector<HTMLElement>('input[type=checkbox], input[type=radio]')?.click();
}

/** The first field that filters what the page shows. */
export function focusFilter(): void {
  document.querySelector<HTMLElement>('main input[type=search], main input[type=text], main [role=combobox]')?.focus();
}

/** The bar keeps a hidden copy of itself to measure. */
export function focusSearch(): void {
  const inputs = [...document.querySelectorAll<HTMLElement>('#top-bar input')];
  inputs.find((input) => input.checkVisibility({ visibilityProperty: true }))?.focus();
}

/** The line of the `aws` CLI that the page shows first. */
export function copyLine(label: string): void {
  const buttons = [...document.querySelectorAll<HTMLElement>('button')];
  buttons.find((button) => button.getAttribute('aria-label') === label)?.click();
}

/** Whether what is typed there is text, or chosen by letters. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [role=listbox], [role=menu]') !==
      null
  );
}
