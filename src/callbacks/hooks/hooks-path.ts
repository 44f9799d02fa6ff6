import { CALLBACKS_PATH } from '../own-urls.js';

/** First part of the path that servers' webhooks call; the server's ID and its token follow. */
export const HOOKS_PATH = `${CALLBACKS_PATH}hooks/`;
