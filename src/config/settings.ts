import type { Config } from './config.js';
import { byteSize, oneOf, optional, setting, text } from './setting-kinds.js';
import type { SettingTree } from './setting.js';
import { accessSettings } from './settings-access.js';
import { poolSettings } from './settings-pool.js';
import { recordingSettings } from './settings-recordings.js';

/** The one table of settings, in the shape of the Config it makes; README and `.env.example` are written from it. */
export const settings: SettingTree<Config> = {
  ...accessSettings,
  ...poolSettings,
  ...recordingSettings,
  tls: {
    caFile: optional('tls.caFile', text('the path of a PEM file'), {
      doc: 'PEM file of extra certificate authorities for calls to the servers.',
    }),
  },
  body: {
    maxBytes: setting('body.maxSize', byteSize(1024, '68MiB'), {
      doc: 'Larger request bodies are refused; the default lets a presentation of 64 MiB pass.',
      fallback: '68MiB',
    }),
    spoolBytes: setting('body.spoolSize', byteSize(0, '1MiB'), {
      doc: 'Larger bodies are kept in a file instead of memory while they are passed on.',
      fallback: '1MiB',
    }),
    spoolDirectory: optional('body.spoolDirectory', text('the path of a folder'), {
      doc: "Where; by default the system's folder for temporary files.",
    }),
  },
  log: {
    level: setting('log.level', oneOf(['error', 'warn', 'info', 'debug']), {
      doc: 'Lines below this level are not written.',
      fallback: 'info',
    }),
    format: setting('log.format', oneOf(['json', 'text']), {
      doc: 'One JSON object a line, or text for a person.',
      fallback: 'json',
    }),
  },
};
