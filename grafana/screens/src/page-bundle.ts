import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('page/main.tsx', import.meta.url));

/** What the page loads. */
export interface PageBundle {
  readonly script: string;
  readonly styles: string;
}

/** The page that draws dashboards, as one script and one style sheet for a browser. */
export async function bundlePage(): Promise<PageBundle> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    outdir: 'page',
    platform: 'browser',
    target: 'chrome120',
    jsx: 'automatic',
    // Grafana's code asks for both; the page never sees a process.
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    // Fonts of code editors and the like, which no panel here shows.
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.ttf': 'empty', '.woff': 'empty', '.woff2': 'empty' },
    logLevel: 'error',
  });
  const [script, styles] = ['.js', '.css'].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text,
  );
  if (script === undefined || styles === undefined)
    throw new Error('esbuild made no script or no style sheet');
  return { script, styles };
}
