export default {
  'app.later_failed': 'This part could not be loaded.',
  'app.again': 'Try again',
  'source.open': 'Edit as text',
  'waterfall.open': 'Requests of this moment',
  'tour.begin': 'Take the 60-second tour',
  'link.copy': 'Copy a link to this design',
  'picture.take_drawing': 'Drawing as a picture…',
};
