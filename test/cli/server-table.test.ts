import { expect } from 'chai';
import type { ServerView } from '../../src/admin/views.js';
import { serverTable } from '../../src/cli/server-table.js';

describe('the table of servers', () => {
  const server: ServerView = {
    ...{ id: 'bbb1', url: 'https://bbb1.example.org', adminState: 'enabled', isDraining: false },
    ...{ health: 'offline', lastFailure: 'no answer', tags: [], loadMultiplier: 1, limits: {} },
  };
  const note = (changes: Partial<ServerView>): string =>
    serverTable({ isColoured: false }, [{ ...server, ...changes }]);

  it('says what a server does to lists of recordings that was never read', () => {
    expect(note({ recordingsRead: false })).to.include(
      'no answer; recordings never read: getRecordings fails\n',
    );
    expect(note({ recordingsRead: false, adminState: 'disabled' })).to.include(
      'recordings never read: lists lack them\n',
    );
    expect(note({ recordingsRead: true })).not.to.include('recordings');
    expect(note({})).not.to.include('recordings');
  });
});
