import type { CallbackOutbox } from '../callbacks/outbox.js';

/** Callbacks as the admin room sees them. */
export type CallbackAdmin = Pick<CallbackOutbox, 'list' | 'find' | 'retry' | 'drop'>;
