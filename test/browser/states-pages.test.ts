import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateStateMachineCommand, DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import type { Locator, Page } from 'playwright-core';
import { registerShell } from '../support/jobs.ts';
import { needsBrowser, openConsole } from './console-browser.ts';

const console = needsBrowser.skip === undefined ? await openConsole() : undefined;

/** A machine may be busy with much else. */
const patience = 120_000;
const roleArn = 'arn:aws:iam::123456789012:role/workflows';
const pass = (next: object) => ({ Type: 'Pass', ...next });

/** Fills an editor: its text is not an input's. */
async function write(editor: Locator, text: string): Promise<void> {
  await editor.click();
  await editor.press('Control+a');
  await editor.press('Delete');
  await editor.page().keyboard.insertText(text);
}

test(
  'a machine is written, told what is wrong with it, tested, created, changed and published',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { states } = console;
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      page.setDefaultTimeout(patience);
      await open('/states/machines');
      await signIn();
      await page.getByText('There is no state machine yet').waitFor();
      await checkAccessibility();
      await page.getByRole('link', { name: 'Create state machine' }).first().click();
      const editor = page.getByLabel('Definition', { exact: true });
      await page.getByLabel('Name', { exact: true }).fill('greets');
      await page.getByLabel('Role').fill(roleArn);
      await write(editor, '{"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "Next": "Nowhere"}}}');
      await page.getByText(/^Line 1: .*Nowhere/).waitFor();
      await page.getByRole('group', { name: 'Hello, Pass' }).waitFor();
      await editor.press('Escape');
      await editor.press('Tab');
      assert.doesNotMatch(await focused(page), /cm-content/);
      const definition = { StartAt: 'Hello', States: { Hello: pass({ Result: 'world', End: true }) } };
      await write(editor, JSON.stringify(definition));
      await page.getByText(/^Line 1: .*Nowhere/).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Test a state' }).click();
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByText('SUCCEEDED').waitFor();
      await checkAccessibility();
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('heading', { name: 'greets' }).waitFor();
      await page.getByRole('img', { name: 'From Start to Hello' }).waitFor({ state: 'attached' });
      assert.equal(new URL(page.url()).pathname, '/console/states/machines/greets');
      await page.getByRole('group', { name: 'Hello, Pass' }).waitFor();
      await checkAccessibility();

      await page.getByRole('link', { name: 'Edit', exact: true }).click();
      const update = page.getByRole('button', { name: 'Update', exact: true });
      await update.waitFor();
      assert.equal(await update.isDisabled(), true, 'nothing differs');
      await write(editor, JSON.stringify({ ...definition, Comment: 'changed' }));
      await page.getByLabel('Publish a version of it').check();
      await update.click();
      await page.getByRole('tab', { name: 'Versions' }).click();
      await page.getByRole('link', { name: '1', exact: true }).waitFor();
      await page.getByRole('tab', { name: 'Aliases' }).click();
      await page.getByRole('button', { name: 'Create alias' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('live');
      await dialog.getByText(/^aws stepfunctions create-state-machine-alias --name live/).waitFor();
      await dialog.getByRole('button', { name: 'Create alias' }).click();
      await page.getByRole('rowheader', { name: 'live' }).waitFor();
      await checkAccessibility();
    });
    const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:greets';
    const { definition } = await states.send(new DescribeStateMachineCommand({ stateMachineArn }));
    assert.match(definition ?? '', /changed/);
  },
);

test(
  'an execution is watched until it fails, its job is looked at, and it is redriven to its end',
  needsBrowser,
  async () => {
    assert.ok(console);
    const { states, batch, server } = console;
    const flag = join(server.shared, 'mended');
    await registerShell(batch, { name: 'mends', script: `test -e ${flag}`, directory: server.shared });
    const Parameters = { JobName: 'mends', JobQueue: 'default', JobDefinition: 'mends' };
    const definition = {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Easy', States: { Easy: pass({ End: true }) } },
            {
              StartAt: 'Hard',
              States: {
                Hard: { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', Parameters, End: true },
              },
            },
          ],
          Next: 'Last',
        },
        Last: pass({ End: true }),
      },
    };
    await states.send(
      new CreateStateMachineCommand({ name: 'mended', roleArn, definition: JSON.stringify(definition) }),
    );
    await console.visit(async ({ page, open, signIn, checkAccessibility }) => {
      page.setDefaultTimeout(patience);
      await open('/states/machines/mended');
      await signIn();
      await page.getByRole('button', { name: 'Start execution' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('first');
      await dialog.getByRole('button', { name: 'Start execution' }).click();
      await page.getByRole('heading', { name: 'first', exact: true }).waitFor();
      assert.equal(new URL(page.url()).pathname, '/console/states/executions/mended/first');
      await page.getByText('It failed in Hard').waitFor();
      const hard = page.getByRole('group', { name: /^Hard, / });
      await hard.getByText('Failed').waitFor();
      await page
        .getByRole('group', { name: /^Easy, / })
        .getByText('Succeeded')
        .waitFor();
      await page
        .getByRole('group', { name: /^Last, / })
        .getByText('Not begun')
        .waitFor();
      await hard.focus();
      await hard.press('Enter');
      await page.getByRole('heading', { name: 'Hard' }).waitFor();
      assert.equal(new URL(page.url()).searchParams.get('state'), 'Hard');
      await checkAccessibility();
      await page.locator('a[href*="/jobs/"]').first().click();
      await page.getByRole('heading', { name: 'mends' }).waitFor();
      await page.goBack();

      writeFileSync(flag, '');
      await page.getByRole('button', { name: 'Redrive' }).click();
      await dialog.getByText(/^aws stepfunctions redrive-execution --execution-arn/).waitFor();
      await dialog.getByRole('button', { name: 'Redrive' }).click();
      await page
        .getByRole('group', { name: /^Last, / })
        .getByText('Succeeded')
        .waitFor();
      await hard.getByText('Succeeded').waitFor();
      await page.getByRole('tab', { name: 'States' }).click();
      await page.getByRole('row', { name: /Hard.*Succeeded.*2/ }).waitFor();
      await page.getByRole('tab', { name: 'Events' }).click();
      await page.getByText('Newest first').click();
      await page.getByRole('cell', { name: 'ExecutionRedriven' }).waitFor();
      await checkAccessibility();
    });
  },
);

/** The classes of what has the focus, be it in a shadow root. */
async function focused(page: Page): Promise<string> {
  const inside = '(it) => it?.shadowRoot?.activeElement ?? it';
  return String(await page.evaluate(`String((${inside})(document.activeElement)?.className)`));
}
