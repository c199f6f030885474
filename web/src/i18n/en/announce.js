/** What a screen reader is told while things change. */
export default {
  'announce.running': 'The run goes on.',
  'announce.paused': 'Paused at {time}.',
  'announce.time': '{time} of {whole} simulated.',
  'announce.messages': 'Messages',
};
