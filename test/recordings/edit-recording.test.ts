import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { editRecording } from '../../src/recordings/edit-recording.js';
import type { ChangeCall } from '../../src/recordings/pending-change.js';
import { readChange } from '../../src/recordings/recording-change.js';
import { readMetadata } from '../../src/recordings/recording-element.js';
import type { IndexedRecording } from '../../src/recordings/recording-index.js';

const XML =
  '<recording><recordID>a</recordID><name>ü</name><published>true</published><state>published</state>' +
  '<newer><published>true</published></newer>' +
  '<metadata><Course>Maths &amp; ü</Course><empty><![CDATA[]]></empty></metadata>' +
  '<playback><format><type>presentation</type></format><format><type>video</type></format></playback></recording>';

function edited(call: ChangeCall, query: string, text = XML): IndexedRecording {
  const xml = Buffer.from(text);
  const recording: IndexedRecording = {
    ...{
      recordId: 'a',
      serverId: 'bbb1',
      tenantId: 'default',
      meetingId: 'm',
      parentId: undefined,
      state: 'published',
    },
    ...{ startTime: 1, endTime: 2, metadata: readMetadata(xml), xml, digest: 'd', readAt: 3 },
  };
  return editRecording(recording, readChange(call, RawQuery.parse(query)), 10);
}

describe('a recording that was changed', () => {
  it('is unpublished and published, and all else stays as it was', () => {
    const hidden = edited('publishRecordings', 'publish=false');
    expect(hidden).to.include({ state: 'unpublished', digest: '', readAt: 10 });
    expect(hidden.xml.toString()).to.equal(
      XML.replace(
        '<published>true</published><state>published</state>',
        '<published>false</published><state>unpublished</state>',
      ),
    );
    const shown = edited('publishRecordings', 'publish=TRUE', hidden.xml.toString());
    expect(shown.xml.toString()).to.equal(XML);
  });

  it('has its metadata set, changed and taken away, whatever the case of a key', () => {
    const { metadata, xml } = edited('updateRecordings', 'meta_course=A%3CB%C3%BC&meta_new=1&meta_empty=');
    expect([...metadata]).to.deep.equal([
      ['course', 'A<Bü'],
      ['new', '1'],
    ]);
    expect(xml.toString()).to.include('<course>A&lt;Bü</course>').and.to.include('<name>ü</name>');
    expect(xml.toString()).not.to.include('Course');
  });

  it('keeps a node in metadata that became empty, and gets metadata it had none of', () => {
    const none = edited('updateRecordings', 'meta_course=&meta_empty=');
    expect(none.xml.toString()).to.include('<metadata><![CDATA[]]></metadata>');
    expect(none.metadata.size).to.equal(0);
    const first = edited('updateRecordings', 'meta_a=b', '<recording><recordID>a</recordID></recording>');
    expect([...first.metadata]).to.deep.equal([['a', 'b']]);
  });

  it('takes no key that is no name of an element', () => {
    const { xml } = edited('updateRecordings', 'meta_a%20b=c&meta_%3Cx=d');
    expect(xml.toString()).not.to.include('a b').and.not.to.include('<<x');
  });

  it('is protected where that is asked for', () => {
    expect(edited('updateRecordings', 'protect=true').xml.toString()).to.include(
      '<protected>true</protected>',
    );
    expect(edited('updateRecordings', '').xml.toString()).to.equal(XML);
  });

  it('is deleted, or loses one format', () => {
    expect(edited('deleteRecordings', '').state).to.equal('deleted');
    const one = edited('deleteRecordings', 'format=video');
    expect(one.state).to.equal('published');
    expect(one.xml.toString()).to.include('presentation').and.not.to.include('video');
    const last = edited('deleteRecordings', 'format=presentation', one.xml.toString());
    expect(last.state).to.equal('deleted');
  });
});
