import { expect } from 'chai';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import { readMetadata } from '../../../src/recordings/archive/read-metadata.js';
import { metadataXml, recordIdOf } from '../../support/archive-rig.js';

const ID = recordIdOf('room');

function read(xml: string): ReturnType<typeof readMetadata> {
  return readMetadata(Buffer.from(xml));
}

describe('readMetadata', () => {
  it('reads what BBB writes, with paths of addresses and the extensions of its players', () => {
    const found = read(metadataXml(ID, { meta: '<course>Maths &lt;1&gt;</course><empty/>' }));
    expect(found).to.include({ recordId: ID, scopedMeetingId: 'room-1', isPublished: true, participants: 3 });
    expect(found).to.include({
      startTime: 1_700_000_000_000,
      endTime: 1_700_000_600_000,
      rawSizeBytes: 951_067,
    });
    expect(found.metadata).to.include({ course: 'Maths <1>', empty: '', meetingName: "Fred's Room & more" });
    expect(found.playback).to.include({ format: 'presentation', durationMs: 600_000, sizeBytes: 168_019 });
    expect(found.playback.link).to.equal(`/playback/presentation/2.3/${ID}`);
    expect(found.playback.previews).to.deep.equal([
      { width: '176', height: '136', alt: 'Welcome', path: `/presentation/${ID}/thumb-1.png` },
    ]);
    expect(found.playback.extensionsXml).to.equal('<chapters count="2"></chapters>');
    expect(found.parentId).to.equal(undefined);
  });

  it('knows breakout rooms by their parent, however the version writes it', () => {
    const parent = recordIdOf('parent');
    for (const breakout of [
      `<breakout parentMeetingId="${parent}" sequence="2"/>`,
      `<breakout><parentMeetingId>${parent}</parentMeetingId><sequence>2</sequence></breakout>`,
      `<breakout><parentMeetingID>${parent}</parentMeetingID><sequence>2</sequence></breakout>`,
    ]) {
      const found = read(metadataXml(ID, { extra: breakout }));
      expect(found).to.include({ isBreakout: true, parentId: parent });
      expect(found.breakout).to.deep.equal({ parentMeetingID: parent, sequence: '2' });
    }
  });

  it('leaves unknown what is no number', () => {
    const xml = metadataXml(ID)
      .replace('<participants>3', '<participants>many')
      .replace('<size>168019', '<size>')
      .replace('<end_time>1700000600000</end_time>', '');
    const found = read(xml);
    expect(found.participants).to.equal(undefined);
    expect(found.playback.sizeBytes).to.equal(undefined);
    expect(found.endTime).to.equal(found.startTime);
  });

  it('takes an end of 0 for unknown', () => {
    const found = read(metadataXml(ID).replace('<end_time>1700000600000', '<end_time>0'));
    expect(found.endTime).to.equal(found.startTime);
  });

  it('makes no link that a browser would take for another host', () => {
    const xml = metadataXml(ID).replace(/<link>[^<]*/, '<link>https://bbb1.example.org//evil.example/x');
    expect(read(xml).playback.link).to.equal('/evil.example/x');
  });

  const faults: Readonly<Record<string, string>> = {
    'another root': '<other/>',
    'an ID that leads out': metadataXml(ID).replace(`<id>${ID}`, '<id>../../x'),
    'no meeting': `<recording><id>${ID}</id><playback><format>video</format></playback></recording>`,
    'no playback': `<recording><id>${ID}</id><meta><meetingId>x</meetingId></meta></recording>`,
    'a format that leads out': metadataXml(ID).replace('<format>presentation', '<format>../x'),
    'an end that is missing': metadataXml(ID).replace('</recording>', ''),
  };
  for (const [what, xml] of Object.entries(faults)) {
    it(`refuses ${what} for good`, () => {
      let thrown: unknown;
      try {
        read(xml);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.be.instanceOf(ArchiveFault);
      expect((thrown as ArchiveFault).isFinal).to.equal(true);
    });
  }
});
