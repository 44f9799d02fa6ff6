/** What the people of a meeting, or of a whole server, send and are sent. */
export interface Media {
  readonly people: number;
  /** Joined by microphone. */
  readonly voice: number;
  /** Camera pictures sent out: each person is sent every camera of a page. */
  readonly streams: number;
}

/** Nobody is there. */
export const NO_MEDIA: Media = { people: 0, voice: 0, streams: 0 };

/** BBB pages the cameras (`pageSize` in its settings): nobody is sent more than about this many at once. */
const PAGE_OF_CAMERAS = 12;

/** What one meeting, as a poll counts it, sends. */
export function mediaOf(counted: {
  readonly attendees: number;
  readonly voice: number;
  readonly video: number;
}): Media {
  const { attendees, voice, video } = counted;
  return { people: attendees, voice, streams: attendees * Math.min(PAGE_OF_CAMERAS, video) };
}

/** Both together. */
export function addMedia(one: Media, other: Media): Media {
  return {
    people: one.people + other.people,
    voice: one.voice + other.voice,
    streams: one.streams + other.streams,
  };
}
