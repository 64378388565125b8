/** Packs the package, installs it in another directory, and runs a job with what was installed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'batchyard-package-'));
const project = join(directory, 'project');

function run(program: string, words: readonly string[], cwd = project): string {
  // Only what a user's shell has: npm puts this project's Node.js first in PATH, and the package must find its own.
  const { HOME, PATH = '' } = process.env;
  const path = PATH.split(':').filter((entry) => !entry.includes('node_modules'));
  console.log(`$ ${program} ${words.join(' ')}`);
  return execFileSync(program, words, { cwd, env: { HOME, PATH: path.join(':') }, encoding: 'utf8' });
}

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', directory], root));
  const paths: readonly string[] = packed.files.map(({ path }: { path: string }) => path);
  assert.ok(paths.includes('bin/batchyard') && paths.includes('dist/cli/main.js') && paths.includes('LICENSE'));
  assert.ok(paths.includes('dist/instance-types/catalogue.json'));
  assert.deepEqual(
    paths.filter((path) => /\.test\.|(?<!\.d)\.ts$/.test(path) && !path.startsWith('examples/')),
    [],
  );

  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"name": "project", "private": true}\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(directory, packed.filename)]);
  const installed = join(project, 'node_modules', '.bin', 'batchyard');
  assert.match(run(installed, ['version']), new RegExp(`^batchyard ${packed.version} `));
  assert.equal(run(installed, ['run', '--', 'echo', 'hello from the package']), 'hello from the package\n');

  // Its expression is evaluated by a thread, whose file must lie in the package too.
  const state = { Type: 'Pass', QueryLanguage: 'JSONata', Output: "{% $uppercase('evaluated') %}", End: true };
  writeFileSync(join(project, 'machine.json'), JSON.stringify({ StartAt: 'P', States: { P: state } }));
  assert.match(run(installed, ['states', 'run', 'machine.json']), /EVALUATED/);

  // So must the table of AWS's APIs.
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: 'f' },
    End: true,
  };
  writeFileSync(join(project, 'task.json'), JSON.stringify({ StartAt: 'T', States: { T: task } }));
  assert.match(run(installed, ['states', 'validate', 'task.json']), /OK/);

  // A link of the user's own, as ~/bin has them.
  const linked = join(directory, 'linked');
  symlinkSync(installed, linked);
  assert.match(run(linked, ['version']), /^batchyard /);
  const main = "import('batchyard').then(({ startServer }) => console.log(typeof startServer))";
  assert.equal(run(join(project, 'node_modules', '.bin', 'node'), ['--eval', main]), 'function\n');
  console.log('The package works where it is installed.');
} finally {
  rmSync(directory, { recursive: true, force: true });
  rmSync(join(root, 'dist'), { recursive: true, force: true });
}
