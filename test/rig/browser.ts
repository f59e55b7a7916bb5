import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { fetchTools } from './debian.ts';

/** Starts a Chromium without a window. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  const tools = await fetchTools('browser');
  return await chromium.launch({
    executablePath: tools.executable('chromium-headless-shell'),
    // Its sandbox takes rights that containers and root do not have; it sees pages of this project only.
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
    env: {
      ...process.env,
      FONTCONFIG_FILE: join(tools.root, 'etc/fonts/fonts.conf'),
      XDG_DATA_HOME: join(tools.root, 'usr/share'),
    },
  });
}
