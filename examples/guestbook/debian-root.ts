/** Root file systems from Debian packages, without Docker or debootstrap: packages are downloaded by apt into an empty state and unpacked. Needs apt and root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Unpacks `packages` with all they depend on (no recommendations) into `rootDir`. */
export function debianRoot(rootDir: string, packages: readonly string[]): void {
  const state = mkdtempSync(join(tmpdir(), 'kubets-apt-'));
  try {
    mkdirSync(join(state, 'archives/partial'), { recursive: true });
    const options = [
      '-o',
      'Dir::State::status=/dev/null',
      '-o',
      `Dir::Cache::archives=${join(state, 'archives')}`,
      '-o',
      'Debug::NoLocking=1',
      '-o',
      'APT::Sandbox::User=root',
    ];
    execFileSync('apt-get', [...options, '-q', '-y', '--no-install-recommends', '--download-only', 'install', ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    mkdirSync(rootDir, { recursive: true });
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
      mkdirSync(join(rootDir, 'usr', name), { recursive: true });
      symlinkSync(`usr/${name}`, join(rootDir, name));
    }
    for (const name of readdirSync(join(state, 'archives')).filter((f) => f.endsWith('.deb'))) {
      const archive = execFileSync('dpkg-deb', ['--fsys-tarfile', join(state, 'archives', name)], { maxBuffer: 1024 ** 3 });
      execFileSync('tar', ['-x', '--keep-directory-symlink', '-C', rootDir], { input: archive });
    }
    for (const waste of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/perl5'])
      rmSync(join(rootDir, waste), { recursive: true, force: true });
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}
