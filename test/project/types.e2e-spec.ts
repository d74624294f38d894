import { spawnSync } from 'node:child_process';

const TSC = 'node_modules/typescript/bin/tsc';

describe('Types', () => {
  it('fit everywhere in the applications, the libraries and their tests', () => {
    expect(complaintsAbout('tsconfig.json')).toBe('');
  });

  it('fit everywhere in the pages', () => {
    expect(complaintsAbout('apps/web/tsconfig.json')).toBe('');
  });

  it('fit everywhere in the scripts', () => {
    expect(complaintsAbout('scripts/tsconfig.json')).toBe('');
  });
});

function complaintsAbout(tsconfig: string): string {
  const args = [TSC, '--noEmit', '--pretty', 'false', '--project', tsconfig];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return stdout + stderr;
}
