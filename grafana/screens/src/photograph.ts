import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { bundlePage, type PageBundle } from './page-bundle.js';
import type { Scene } from './wire.js';

/** Of the pictures, px. */
export const WIDTH = 1_280;

const ORIGIN = 'http://screens.invalid';
const DRAWING_MS = 30_000;
/** Grafana's own server has them; no package of Grafana does. */
const FONTS: Readonly<Record<string, string>> = {
  '/public/fonts/inter/Inter-Regular.woff2': '400',
  '/public/fonts/inter/Inter-Medium.woff2': '500',
};

/** Takes pictures with a headless Chromium, which reads nothing but what it is handed. */
export class Photographer {
  readonly #browser: Browser;
  readonly #bundle: PageBundle;

  private constructor(browser: Browser, bundle: PageBundle) {
    this.#browser = browser;
    this.#bundle = bundle;
  }

  /** Starts the browser that is installed at `executablePath`. */
  static async start(executablePath: string): Promise<Photographer> {
    const bundle = await bundlePage();
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--font-render-hinting=none'],
    });
    return new Photographer(browser, bundle);
  }

  /** A dashboard as PNG, all of it. Throws with the page's words when something of it cannot be drawn. */
  async dashboard(scene: Scene): Promise<Buffer> {
    return this.#photograph('<div id="root"></div><script src="/page.js"></script>', async (page) => {
      await page.evaluate(([what, width]) => window.drawScene(what, width), [scene, WIDTH] as const);
      await page.waitForFunction(
        () => window.drawingFault !== undefined || document.querySelector('main') !== null,
      );
      await complain(page);
      const height = await page.locator('main').evaluate(({ clientHeight }) => clientHeight);
      // What scrolls inside a panel is painted only within the window.
      await page.setViewportSize({ width: WIDTH, height });
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      // React, uPlot and icons that are fetched settle in frames of their own.
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(1_000);
      await complain(page);
      return page.locator('main').screenshot({ type: 'png' });
    });
  }

  /** A piece of HTML as PNG. */
  async html(body: string): Promise<Buffer> {
    return this.#photograph(body, async (page) =>
      page.locator('body > *').first().screenshot({ type: 'png' }),
    );
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #photograph(body: string, take: (page: Page) => Promise<Buffer>): Promise<Buffer> {
    const context = await this.#browser.newContext({
      viewport: { width: WIDTH, height: 900 },
      deviceScaleFactor: 1,
      timezoneId: 'UTC',
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(DRAWING_MS);
      const faults: string[] = [];
      page.on('pageerror', ({ message }) => faults.push(message));
      await page.route('**/*', async (route) => {
        const { pathname } = new URL(route.request().url());
        const html = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/page.css"><body style="margin:0">${body}`;
        if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html });
        if (pathname === '/page.js')
          return route.fulfill({ contentType: 'text/javascript', body: this.#bundle.script });
        if (pathname === '/page.css')
          return route.fulfill({ contentType: 'text/css', body: this.#bundle.styles });
        const weight = FONTS[pathname];
        if (weight !== undefined)
          return route.fulfill({
            path: packageFile('@fontsource/inter', `files/inter-latin-${weight}-normal.woff2`),
          });
        const icon = await readFile(
          packageFile('@grafana/ui', pathname.replace('/public/build/', 'dist/public/')),
        ).catch(() => undefined);
        if (icon === undefined) return route.fulfill({ status: 404 });
        return route.fulfill({ contentType: 'image/svg+xml', body: icon });
      });
      await page.goto(`${ORIGIN}/`);
      const picture = await take(page);
      if (faults.length > 0) throw new Error(faults.join('\n'));
      return picture;
    } finally {
      await context.close();
    }
  }
}

/** Throws when React met an error while it drew. */
async function complain(page: Page): Promise<void> {
  const fault = await page.evaluate(() => window.drawingFault);
  if (fault !== undefined) throw new Error(fault);
}

function packageFile(name: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
}
